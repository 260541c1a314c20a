@operations @since-3.3
Feature: The controllers' quorum
  Controllers keep the cluster's metadata in a log of their own and agree on it by majority.
  One of them is active. Records do not pass through it; what does is every change of topics,
  leaders and in-sync replicas.

  Documented: Operations, "KRaft"; KIP-595, KIP-631, KIP-841 and KIP-903;
  Broker Configs, "broker.session.timeout.ms" and "controller.quorum.fetch.timeout.ms".

  Rule: The loss of the active controller makes another one active, and records go on meanwhile

    @KRF-1 @kills-controllers
    Scenario Outline: The active controller dies and another one takes over unnoticed by producers
      Given a topic with 1 partition
      And an idempotent <client> producer
      And the active controller dies once record 10 is acknowledged
      When it sends one record after the other until another controller is active
      Then a <client> admin client makes a topic
      And every record is acknowledged, also those sent while no controller was active

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without a majority of controllers nothing changes, and leaders go on with what they have

    Kafka's documentation asks for a majority. That leaders go on without one, it does not say;
    it follows from the design, and is seen here.

    @KRF-2 @kills-controllers
    Scenario Outline: Two of three controllers are dead and records are stored as ever
      Given a topic with 1 partition
      And a <client> producer without idempotence, delivery timeout 5 s
      And two of three controllers are dead
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      And they were while no controller was active

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KRF-2 @kills-controllers
    Scenario Outline: A topic asked for without a majority is neither made nor refused
      Given two of three controllers are dead
      When a <client> admin client asks for a topic with 6 partitions
      Then it is neither made nor refused
      And once the majority is back, asking again is answered and every broker has the whole topic

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KRF-2 @KRF-1 @twin @kills-controllers @kills-brokers
    Scenario Outline: Without a majority one dead follower stops all writes
      Given a topic with 1 partition
      And a <client> producer without idempotence, delivery timeout 5 s
      And two of three controllers are dead, and a follower of partition 0 is
      When it sends records 1 to 100
      Then none of them is acknowledged, for nobody takes the follower out of the in-sync replicas

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Acknowledged metadata survives the death of every node

    # no twin for KRF-3: it rests on no setting; wiping the disks of a majority would take it away

    @KRF-3 @kills-controllers @kills-brokers
    Scenario Outline: Partitions and settings are as they were after all six nodes have been killed
      Given a topic with 2 partitions
      And records 1 to 100 in partition 0
      And a <client> admin client that gives it 6 partitions and retention.ms 123456789
      When every broker and every controller dies at once and starts again
      Then a new <client> admin client finds 6 partitions and retention.ms 123456789
      And the log holds records 1 to 100 exactly once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A broker that the controllers do not hear leads nothing until it has caught up

    @KRF-4 @cuts-links @reads-segments
    Scenario Outline: A broker that is cut off from the controllers is fenced and comes back in step
      Given a topic with 3 partitions
      And an idempotent <client> producer, that has written record 0
      And broker 1 is cut off from the controllers and fetches nothing from broker 2
      When it sends records 1 to 100 to partition 1
      Then broker 1 leads no partition and is in sync with none
      And heard again, it is in sync with partition 1 only once it has every record

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KRF-4 @twin @cuts-links
    Scenario Outline: With acks 1 a broker that does not know it is fenced acknowledges lost records
      Given a topic with 3 partitions
      And broker 1 is cut off from the controllers and fetches nothing from broker 2
      When a <client> producer with acks 1 that reaches only broker 1 sends records 1 to 10
      Then records 1 to 10 are acknowledged
      But they are lost once broker 1 is heard again

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
