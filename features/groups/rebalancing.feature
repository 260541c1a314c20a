@groups
Feature: How a group shares its partitions out anew
  When members come or go, or partitions do, the group rebalances: its members are told
  what they give up and what they get. Eager members give everything up first, and
  everybody stands still meanwhile; cooperative ones only give up what moves.

  Documented: KafkaConsumer, "Consumer Groups and Topic Subscriptions";
  ConsumerRebalanceListener; KIP-429; Consumer Configs,
  "partition.assignment.strategy" and "metadata.max.age.ms".

  Rule: A member is told what it gives up before what it gets, and only while it polls

    # the twin of GRP-4 is that of GRP-5: long work in a callback holds up an eager group

    @GRP-4 @network-faults
    Scenario Outline: <clients> members hear of a rebalance when they poll
      Given a topic with 2 partitions
      And a group of 2 <clients> members, that have committed offset 50
      When a third member joins while the others do not poll
      Then their heartbeats hear of it, and they are told nothing
      And once they poll, each is told what it gives up before it is told what it gets

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-4
    Scenario Outline: A <clients> member that was thrown out is told that its partition is lost
      Given a topic with 2 partitions
      And a group of 2 <clients> members, that have committed offset 50
      When an administrator removes one of them from the group
      Then it is told that its partition is lost

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

  Rule: Cooperative members go on reading what does not move, and nothing has two owners

    @GRP-5 @network-faults
    Scenario Outline: Cooperative <clients> members read on while one is busy giving up a partition
      Given a topic with 3 partitions
      And a group of 2 <clients> members with the cooperative-sticky assignor
      When a third member joins, and one of the others is held up in giving up a partition
      And records 1 to 50 are written to each partition
      Then the other one reads on in its partition meanwhile
      And once it goes on, one partition has moved, and none ever had two owners

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-5 @GRP-4 @twin @network-faults
    Scenario Outline: Eager <clients> members stand still while one is busy giving up a partition
      Given a topic with 3 partitions
      And a group of 2 <clients> members with the range assignor
      When a third member joins, and one of the others is held up in giving up a partition
      And records 1 to 50 are written to each partition
      Then nobody reads anything until it goes on
      And the members have read each record once

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

  Rule: Eager and cooperative members do not share a group

    @GRP-5 @network-faults
    Scenario Outline: A cooperative <client> consumer cannot join an eager group
      Given a topic with 2 partitions
      And a group of 2 <client> members with the range assignor
      When a <client> consumer with the cooperative-sticky assignor tries to join
      Then the coordinator refuses it with INCONSISTENT_GROUP_PROTOCOL

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @GRP-5
    Scenario: confluent-kafka refuses an eager and a cooperative assignor in one consumer
      When a confluent-kafka consumer is opened with the assignors range and cooperative-sticky
      Then the consumer is refused

  Rule: New partitions, and new topics that match a pattern, are found and read

    @GRP-8
    Scenario Outline: <clients> members find new partitions of their topic
      Given a topic with 2 partitions
      And a group of 2 <clients> members, metadata age 1 s
      When the topic grows to 4 partitions
      And records 1 to 50 are written to each partition
      Then the members have skipped no record

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-8
    Scenario Outline: <clients> members find a new topic that matches their pattern
      Given a topic with 2 partitions
      And a group of 2 <clients> members that subscribe to a pattern, metadata age 1 s
      When another topic with 2 partitions is made that matches the pattern
      And records 1 to 50 are written to each partition
      Then the members have skipped no record

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-8 @twin @network-faults
    Scenario Outline: From the latest offset <clients> members skip what came before they knew
      Given a topic with 2 partitions
      And a group of 2 <clients> members, metadata age 1 s, from the latest offset
      And a network that holds back what they are told about topics
      When the topic grows to 4 partitions
      And records 1 to 50 are written to partitions 2 and 3
      Then told of the new partitions at last, the members read record 51 and none before

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |
