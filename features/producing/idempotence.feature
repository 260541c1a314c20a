@producing
Feature: A retried batch is stored once and in its place
  An idempotent producer has an id and numbers its batches. The leader remembers
  the last five of each producer and partition, so a batch that is sent again is
  acknowledged again but not stored again, and none can be stored out of turn.

  Documented: Design, "Message Delivery Semantics"; KIP-98, KIP-360;
  Producer Configs, "enable.idempotence"; Broker Configs, "producer.id.expiration.ms".

  Background:
    Given a topic with 1 partition

  Rule: With idempotence an acknowledged record is in the log exactly once

    For a producer's very first batch into a partition see idempotence_limits.feature.

    @IDM-1 @core @network-faults
    Scenario Outline: A lost acknowledgement leads to a retry that stores nothing
      Given an idempotent <client> producer
      And a network that loses the first acknowledgement
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      And the log holds records 1 to 100 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without idempotence the retry is a second record

    @RTY-3 @IDM-1 @core @twin @network-faults
    Scenario Outline: The same lost acknowledgement leads to a retry that stores a duplicate
      Given a <client> producer without idempotence
      And a network that loses the first acknowledgement
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      But the log holds a record twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: With idempotence five batches in flight keep their order, also when the first fails

    @IDM-2 @core @network-faults
    Scenario: The first of five batches fails and all five are stored in order
      Given an idempotent confluent-kafka producer, 1 record a batch, that has written record 0
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      When it sends records 1 to 5
      Then records 0 to 5 are acknowledged
      And the log holds records 0 to 5 exactly once and in order

    @IDM-2 @core @network-faults
    Scenario: kafka-python sends the next batch of a partition only when the one before is answered
      Given an idempotent kafka-python producer, 1 record a batch, that has written record 0
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once all are handed over
      When it sends records 1 to 5
      Then records 0 to 5 are acknowledged
      And the log holds records 0 to 5 exactly once and in order

  Rule: Producer id, epoch and sequence numbers are stored with every batch on every replica

    @IDM-3 @core @reads-segments
    Scenario Outline: Every replica holds the numbers of an idempotent producer
      Given an idempotent <client> producer
      When it sends records 1 to 10
      Then every replica holds records 1 to 10 in batches of one producer, numbered without a gap
      And no field of a record shows a <client> consumer producer id, epoch or number

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @IDM-3 @core @twin @reads-segments
    Scenario Outline: Without idempotence no replica can tell who wrote a batch
      Given a <client> producer without idempotence
      When it sends records 1 to 10
      Then every replica holds records 1 to 10 in batches without producer or number

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: The leader knows the last five batches of a producer again

    @IDM-4
    Scenario: Any of the last five batches is acknowledged again with its first offset
      Given a hand-made producer that has sent batches numbered 0 to 6
      When it repeats batches 6, 5, 4, 3 and 2
      Then each is acknowledged with the offset that it had
      And the log holds 7 records

    @IDM-4 @twin
    Scenario: A batch older than the last five is no longer known and is refused
      Given a hand-made producer that has sent batches numbered 0 to 6
      When it repeats batches 1 and 0
      Then each is refused with OUT_OF_ORDER_SEQUENCE_NUMBER
      And the log holds 7 records

  Rule: A batch that is neither next nor known is refused and not stored

    @IDM-5
    Scenario Outline: A batch <out of turn> is refused
      Given a hand-made producer that has sent batches numbered 0 to 2
      When it sends a batch <out of turn>
      Then each is refused with <error>
      And the log holds 3 records

      Examples:
        | out of turn                                 | error                        |
        | that leaves a gap                           | OUT_OF_ORDER_SEQUENCE_NUMBER |
        | of a newer epoch that does not start at 0   | OUT_OF_ORDER_SEQUENCE_NUMBER |
        | of an older epoch                           | INVALID_PRODUCER_EPOCH       |

    @IDM-5
    Scenario: Numbers go on from 0 after the largest one
      Given a hand-made producer whose first batch has the number 2,147,483,647
      When it sends a batch numbered 0
      Then each is acknowledged
      And the log holds 2 records

    @IDM-5 @twin
    Scenario: Without producer id a gap and a repetition are stored without a word
      Given a hand-made producer without id that has sent batches numbered 0 to 2
      When it repeats batches 2 and 0
      Then each is acknowledged
      And the log holds 5 records

  Rule: What is known of a producer survives a change of leader and a restart

    Replicas learn it from the log. After a restart of all brokers only a producer's last
    batch is known, see idempotence_limits.feature.

    @IDM-6 @core @kills-brokers
    Scenario: The next leader knows the last five batches again
      Given a hand-made producer that has sent batches numbered 0 to 6
      When the leader dies, and it repeats batches 6, 5, 4, 3 and 2 to the next one
      Then each is acknowledged with the offset that it had
      And the log holds 7 records

    @IDM-6 @core @kills-brokers @stops-brokers
    Scenario Outline: Brokers that all <end> and start again know the last batch again
      Given a hand-made producer that has sent batches numbered 0 to 6
      When all brokers <end> and start again, and it repeats batch 6
      Then each is acknowledged with the offset that it had
      And the log holds 7 records

      Examples:
        | end                |
        | die                |
        | stop in good order |

    @IDM-6 @core @kills-brokers @network-faults
    Scenario Outline: A retry that meets restarted brokers stores nothing
      Given an idempotent <client> producer, 1 record a batch, 1 request in flight
      And all brokers die with 1 of their answers on the way, and start again
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @IDM-6 @core @twin @kills-brokers @network-faults
    Scenario Outline: Without idempotence a retry that meets restarted brokers stores a duplicate
      Given a <client> producer without idempotence, 1 record a batch, 1 request in flight
      And all brokers die with 1 of their answers on the way, and start again
      When it sends records 1 to 5
      Then records 1 to 5 are acknowledged
      But the log holds a record twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @IDM-6 @core @twin @kills-brokers @network-faults @since-2.5
    Scenario: An unclean leader that lacks the batches takes a repeated one for new
      Given a topic with 1 partition that allows unclean leader election
      And a hand-made producer whose batches numbered 0 to 6 only the leader has
      When the leader dies, one that lacks them leads, and it repeats batch 6
      Then it is acknowledged with another offset than it had
      And the log holds 1 record

    @IDM-6 @core @kills-brokers @network-faults @until-2.4
    Scenario: Before Kafka 2.5 an unclean leader that lacks the batches refuses a repeated one
      Given a topic with 1 partition that allows unclean leader election
      And a hand-made producer whose batches numbered 0 to 6 only the leader has
      When the leader dies, one that lacks them leads, and it repeats batch 6
      Then each is refused with UNKNOWN_PRODUCER_ID
      And the log holds 0 records

  Rule: A producer that was idle for too long is forgotten, and goes on all the same

    The leader then takes the producer's next number for a first one, whatever it is.

    @IDM-8 @sets-broker-config @since-3.4
    Scenario Outline: A producer that has been forgotten sends on without an error
      Given brokers with producer.id.expiration.ms 1000
      And an idempotent <client> producer, that has written record 1
      And the leader of partition 0 has forgotten every producer
      When it sends records 2 to 10
      Then records 2 to 10 are acknowledged
      And the log holds records 1 to 10 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @IDM-8 @twin @sets-broker-config @since-3.4
    Scenario: A batch that is repeated after its producer was forgotten is stored once more
      Given brokers with producer.id.expiration.ms 1000
      And a hand-made producer that has sent batches numbered 0 to 2
      And the leader of partition 0 has forgotten every producer
      When it repeats batch 2
      Then each is acknowledged
      But the log holds a record twice

  Rule: A producer whose records have all been deleted is not forgotten

    So it is from Kafka 2.5 on (KIP-360).

    @IDM-8 @since-2.5
    Scenario: A batch whose record has been deleted is known again and not stored
      Given a hand-made producer that has sent batches numbered 0 to 6
      And every record of it is deleted
      When it repeats batches 6, 5, 4, 3 and 2
      Then each is acknowledged with the offset that it had
      And the log holds 0 records

    @IDM-8 @until-2.4
    Scenario: Before that release its batches are refused, for nobody knows it any more
      Given a hand-made producer that has sent batches numbered 0 to 6
      And every record of it is deleted
      When it repeats batches 6, 5, 4, 3 and 2
      Then each is refused with UNKNOWN_PRODUCER_ID
      And the log holds 0 records

    @IDM-8 @since-2.5
    Scenario Outline: A producer whose records have been deleted sends on without an error
      Given an idempotent <client> producer, that has written record 1
      And every record of it is deleted
      When it sends records 2 to 10
      Then records 2 to 10 are acknowledged
      And the offsets of partition 0 are 1 to 9

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Idempotence lasts as long as the producer's session

    @IDM-7
    Scenario Outline: A transactional producer that starts again has its old id and the next epoch
      Given a transactional <client> producer that has committed record 1
      When it is killed, and a <client> one with the same transactional id commits record 2
      Then both records were written by one producer id, the second with the next epoch

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @IDM-7 @twin
    Scenario Outline: An application that sends again after its producer crashed stores a duplicate
      Given an idempotent <client> producer, that has written record 1
      When it is killed, and a new idempotent <client> producer sends record 1 again
      Then the log holds record 1 twice, written by two producer ids

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Settings that contradict idempotence are refused when it is asked for

    @IDM-9
    Scenario Outline: <client> refuses idempotence together with <setting> <value>
      When an idempotent <client> producer is opened with <setting> <value>
      Then it is refused with a word about <setting>

      Examples:
        | client          | setting                               | value |
        | kafka-python    | acks                                  | 1     |
        | kafka-python    | retries                               | 0     |
        | kafka-python    | max.in.flight.requests.per.connection | 6     |
        | confluent-kafka | acks                                  | 1     |
        | confluent-kafka | retries                               | 0     |
        | confluent-kafka | max.in.flight.requests.per.connection | 6     |

    @IDM-9
    Scenario: kafka-python says so when a setting turns its default idempotence off
      When a kafka-python producer is opened with acks 1
      Then its log warns that idempotence is off

    @IDM-9 @twin @network-faults
    Scenario: A kafka-python producer with acks 1 alone stores a retried batch twice
      Given a kafka-python producer with acks 1
      And a network that loses the first acknowledgement
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      But the log holds a record twice
