@producing
Feature: Where idempotence and one request in flight do not keep their word today
  A record is reported as delivered and is in no replica, and one request in flight
  does not keep the order: software of today breaks two promises under its strong
  settings. These pages show the reports that a producer got beside the log that the
  brokers hold, and what an application can do meanwhile.

  Documented: Producer Configs, "enable.idempotence" and
  "max.in.flight.requests.per.connection"; KAFKA-15591, librdkafka issue 1092.

  Background:
    Given a topic with 1 partition

  Rule: A producer's first batch into a partition can be reported as stored and be lost

    Since Kafka 2.5 a leader takes any first number from a producer that it does not
    know (KAFKA-15591). When the first of several batches fails and the second is
    stored, the first comes back as one that the leader takes for an old repetition,
    and confluent-kafka reports it as delivered. No public report of that was found.

    @IDM-2 @core @limit @network-faults
    Scenario: confluent-kafka reports a record as delivered that no replica holds
      Given an idempotent confluent-kafka producer, 1 record a batch
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But record 1 is in the log of no replica

    @IDM-2 @core @limit @network-faults @disturbs-brokers
    Scenario: confluent-kafka does so with answers of the broker alone
      Given an idempotent confluent-kafka producer, 1 record a batch
      And too few replicas in sync for its first batch, and enough for the others
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But record 1 is in the log of no replica

    @IDM-2 @core @network-faults
    Scenario: With one request in flight the first batch is stored first
      Given an idempotent confluent-kafka producer, 1 record a batch, 1 request in flight
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once all are handed over
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

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
