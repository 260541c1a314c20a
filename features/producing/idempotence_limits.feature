@producing
Feature: Where idempotence and one request in flight do not keep their word today
  A record is reported as delivered and is in no replica, a restart of the brokers ends
  a producer, and one request in flight does not keep the order: software of today breaks
  three promises under its strong settings. These pages show the reports that a producer
  got beside the log that the brokers hold, and what an application can do meanwhile.

  Documented: Producer Configs, "enable.idempotence" and
  "max.in.flight.requests.per.connection"; KAFKA-12207, KAFKA-15591, librdkafka issue 1092.

  Background:
    Given a topic with 1 partition

  Rule: A producer's first batch into a partition can be reported as stored and be lost

    Since Kafka 2.5 a leader takes any first number from a producer that it does not
    know (KAFKA-15591). When the first of several batches fails and the second is
    stored, the first comes back as one that the leader takes for an old repetition,
    and confluent-kafka reports it as delivered. No public report of that was found.

    @IDM-2 @core @limit @network-faults @since-2.5
    Scenario: confluent-kafka reports a record as delivered that no replica holds
      Given an idempotent confluent-kafka producer, 1 record a batch
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But record 1 is in the log of no replica

    @IDM-2 @core @limit @network-faults @disturbs-brokers @since-2.5
    Scenario: confluent-kafka does so with answers of the broker alone
      Given an idempotent confluent-kafka producer, 1 record a batch
      And too few replicas in sync for its first batch, and enough for the others
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But record 1 is in the log of no replica

    @IDM-2 @core @network-faults @until-2.4
    Scenario: Before that release the first of five batches fails, and all are stored in order
      Given an idempotent confluent-kafka producer, 1 record a batch
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

    @IDM-2 @core @network-faults
    Scenario: With one request in flight the first batch is stored first
      Given an idempotent confluent-kafka producer, 1 record a batch, 1 request in flight
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once all are handed over
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

  Rule: After a restart of all brokers only the last of a producer's five batches is known

    A broker that starts reads what it knew of producers from a snapshot, and that has the
    last batch of each (KAFKA-12207). A repetition of one before it is refused as out of
    turn. For confluent-kafka that is the end: it reports a record that is in the log as
    failed, and takes no other. With one request in flight there is none before the last,
    see idempotence.feature.

    @IDM-6 @limit @kills-brokers @stops-brokers
    Scenario Outline: Brokers that all <end> and start again refuse four of the last five batches
      Given a hand-made producer that has sent batches numbered 0 to 6
      When all brokers <end> and start again, and it repeats batches 5, 4, 3 and 2
      Then each is refused with OUT_OF_ORDER_SEQUENCE_NUMBER
      And the log holds 7 records

      Examples:
        | end                |
        | die                |
        | stop in good order |

    @IDM-6 @limit @kills-brokers @network-faults
    Scenario: confluent-kafka with five requests in flight does not outlive a restart of the brokers
      Given an idempotent confluent-kafka producer, 1 record a batch
      And all brokers die with 5 of their answers on the way, and start again
      When it sends records 1 to 5
      And it sends record 6
      Then record 1 is refused with OUT_OF_ORDER_SEQUENCE_NUMBER, and the log holds 5 records
      And record 6 is refused before it is sent

  Rule: One request in flight is not enough for order in confluent-kafka

    A request that waits in librdkafka's own queue for the connection counts as sent
    and overtakes one that comes back for its retry (librdkafka issue 1092).

    @ORD-3 @core @limit @network-faults
    Scenario: confluent-kafka inverts records with one request in flight
      Given a confluent-kafka producer without idempotence, 1 record a batch, 1 request in flight
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once all are handed over
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But the log holds record 1 behind record 2
