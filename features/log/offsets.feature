@log
Feature: Offsets
  A partition is a log. Every record in it has an offset, and topic, partition and
  offset together name that record for ever, whoever reads it and whenever.

  Documented: Introduction, "Main Concepts and Terminology";
  Design, "The Consumer" and "Log Compaction Basics".

  Rule: Offsets start at 0 and grow by one per record, in each partition on its own

    @BAS-1
    Scenario Outline: Two partitions count their records from 0
      Given a topic with 2 partitions
      And an idempotent <client> producer
      When it sends records 1 to 100 to partition 0 and records 101 to 150 to partition 1
      Then the offsets of partition 0 are 0 to 99
      And the offsets of partition 1 are 0 to 49

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-1 @twin
    Scenario Outline: The end of a transaction takes an offset that no record has
      Given a topic with 1 partition
      And a transactional <client> producer
      When it commits records 1 to 10 and then records 11 to 20
      Then records 1 to 20 have the offsets 0 to 9 and 11 to 20

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Topic, partition and offset name one record for ever

    @BAS-2 @kills-brokers
    Scenario Outline: Every reader sees the same records before and after each leader's death
      Given a topic with 1 partition
      And records 1 to 100 in it, written by <writer>
      When <reader> reads it, and again after the death of each broker in turn
      Then every offset held the same key, content, headers and time in 4 readings

      Examples:
        | writer          | reader          |
        | kafka-python    | confluent-kafka |
        | confluent-kafka | kafka-python    |

    @BAS-2 @twin @kills-brokers @cuts-links
    Scenario: An unclean election lets an offset name another record
      Given a topic with 1 partition that allows unclean leader election
      And records 1 to 10 in it, written by confluent-kafka
      When record 11 is written to a leader whose followers lag, is read, and the leader dies
      And record 12 is written to the next leader
      Then offset 10 held record 11 first and record 12 later

  Rule: Reading does not consume

    @BAS-3
    Scenario Outline: Three groups each read the whole log
      Given a topic with 2 partitions
      And records 1 to 100 in it, written by <client>
      When three <client> groups read it to the end
      Then each group has read every record from 1 to 100

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-3 @twin
    Scenario Outline: Two consumers of one group each read only a part
      Given a topic with 2 partitions
      And two <client> consumers of one group, each with a partition
      When an idempotent <client> producer sends records 1 to 50 to each partition
      Then each of them reads the records of its own partition and no other

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @BAS-3 @twin @network-faults
    Scenario Outline: A new group that starts at the latest offset sees nothing from before
      Given a topic with 1 partition
      And records 1 to 100 in it, written by <client>
      And a new <client> group that starts at the latest offset
      When records 101 to 110 are written
      Then the group has read records 101 to 110 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
