@log
Feature: Batches and brokers
  Records travel and are stored in batches, and any broker can tell where the
  leaders are. Neither changes what is read.

  Documented: Implementation, "Message Format"; Protocol Guide, "Partitioning and bootstrapping".

  Rule: Batching changes neither the order nor the content of records

    @BAS-4 @reads-segments
    Scenario Outline: Ten records that wait for each other are stored in one batch
      Given a topic with 1 partition
      And a <client> producer with these settings:
        | linger.ms  | 60000 |
        | batch.size | 16384 |
      When it sends records 1 to 10 and flushes
      Then the log holds records 1 to 10 exactly once and in order
      And they are stored in 1 batch

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-4 @twin @reads-segments
    Scenario Outline: The same ten records that do not wait are stored in ten batches
      Given a topic with 1 partition
      And a <client> producer with these settings:
        | linger.ms  | 0 |
        | batch.size | 1 |
      When it sends records 1 to 10 and flushes
      Then the log holds records 1 to 10 exactly once and in order
      But they are stored in 10 batches

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: One live broker in the bootstrap list is enough

    @BAS-6
    Scenario Outline: A producer that knows one dead and one live address finds every leader
      Given a topic with 3 partitions
      And a <client> producer that knows a dead address and that of broker 2
      When it sends 10 records to each partition
      Then records 1 to 30 are acknowledged

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-6 @kills-brokers
    Scenario Outline: A producer goes on when the broker that it started from dies
      Given a topic with 3 partitions
      And a <client> producer that knows only broker 3
      When it sends records 1 to 50 to partition 2
      And broker 3, which leads partition 2, dies
      And it sends records 51 to 100 to partition 2
      Then records 1 to 100 are acknowledged

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-6 @twin
    Scenario Outline: A producer that knows only dead addresses fails in a bounded time
      Given a topic with 1 partition
      When a <client> producer that knows only dead addresses sends record 1
      Then it fails within 5 seconds and says why

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
