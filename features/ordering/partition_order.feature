@ordering
Feature: Order within a partition
  Kafka orders records per partition, not per topic. A producer that numbers its
  batches keeps that order through failures; one that does not may see a batch
  that failed once land behind batches that were sent after it.

  Documented: Introduction, "Main Concepts and Terminology";
  Producer Configs, "max.in.flight.requests.per.connection" and "enable.idempotence".

  Background:
    Given a topic with 2 partitions

  Rule: A partition is read in the order in which it was written

    @ORD-1 @core
    Scenario Outline: Records are read in the order in which one producer sent them
      Given an idempotent <client> producer
      When it sends records 1 to 10,000 to partition 0
      Then a <reader> consumer reads records 1 to 10,000 from partition 0 in order

      Examples:
        | client          | reader          |
        | kafka-python    | kafka-python    |
        | kafka-python    | confluent-kafka |
        | confluent-kafka | kafka-python    |
        | confluent-kafka | confluent-kafka |

    @ORD-1 @core
    Scenario Outline: A partition that changes its reader goes on behind the committed record
      Given records 1 to 100 in partition 0
      And a <client> consumer that has read and committed records 1 to 60 of them
      When it leaves and another <client> consumer of its group takes over
      Then the other consumer reads records 61 to 100 in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A change of leader keeps the order of an idempotent producer

    @ORD-4 @core @kills-brokers
    Scenario Outline: Three leaders die and no record is lost, repeated or overtaken
      Given an idempotent <client> producer, 1 record a batch
      And the leader of partition 0 dies and starts again at each of records 100, 200 and 300
      When it sends records 1 to 400 to partition 0, at most 10 ahead of the acknowledgements
      Then records 1 to 400 are acknowledged
      And the log holds records 1 to 400 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ORD-4 @IDM-6 @core @kills-brokers @network-faults
    Scenario Outline: A leader that dies with acknowledgements on their way leaves the order intact
      Given an idempotent <client> producer, 1 record a batch
      And the leader of partition 0 dies with <count> of its answers on the way
      When it sends records 1 to 5 to partition 0
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

      Examples:
        | client          | count |
        | kafka-python    | 1     |
        | confluent-kafka | 5     |

    @ORD-4 @IDM-6 @core @twin @kills-brokers @network-faults
    Scenario Outline: Without idempotence the next leader stores records again behind later ones
      Given a <client> producer without idempotence, 1 record a batch
      And the leader of partition 0 dies with 5 of its answers on the way
      When it sends records 1 to 5 to partition 0
      Then records 1 to 5 are acknowledged
      But the log holds record 1 again behind record 5

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without idempotence a batch that fails once lands behind the batches sent after it

    @ORD-1 @ORD-3 @IDM-2 @core @twin @network-faults
    Scenario Outline: The first of five batches fails once and is stored last
      Given a <client> producer without idempotence, 1 record a batch
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      When it sends records 1 to 5 to partition 0
      Then records 1 to 5 are acknowledged
      But the log holds record 1 behind record 5

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ORD-3 @core @network-faults
    Scenario: With one request in flight kafka-python keeps the order under the same failure
      Given a kafka-python producer without idempotence, 1 record a batch, 1 request in flight
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS once all are handed over
      When it sends records 1 to 5 to partition 0
      Then records 1 to 5 are acknowledged
      And the log holds records 1 to 5 exactly once and in order

  Rule: Between partitions there is no order

    @ORD-2 @core @twin @network-faults
    Scenario Outline: A record sent later to another partition is read earlier
      Given an idempotent <client> producer
      And a network that holds back its first batch to partition 0
      When it sends record 1 to partition 0 and then record 2 to partition 1
      Then a <client> consumer of both partitions reads record 2 before record 1

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
