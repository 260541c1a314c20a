@replication
Feature: What is cut off from a log
  A leader that nobody hears any more may go on for a while and store what no other
  replica has. Every leadership has a number, the leader epoch, which is stored with every
  batch: by it a replica that comes back finds where its log parts from that of the leader,
  and cuts off what is behind, and a consumer finds out that what it has read is gone.

  Documented: Design, "Replication"; KIP-101, KIP-279 and KIP-320; Producer Configs, "acks";
  Consumer Configs, "auto.offset.reset".

  Rule: A leader that comes back cuts off what it alone has, so that logs never differ for good

    @TRU-1 @isolates-brokers @reads-segments
    Scenario Outline: What a <client> producer wrote to a leader that was cut off is on no replica
      Given a topic with 1 partition
      And a leader that only a <client> producer with acks 1 reaches, which wrote record 1
      When it sends records 2 to 6
      And another <client> producer writes records 7 to 11 to the next leader
      Then once the old leader is back every replica holds the same, without records 2 to 6

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @TRU-1 @TRU-3 @twin @isolates-brokers
    Scenario Outline: With acks=1 a leader that is cut off acknowledges records that are lost
      Given a topic with 1 partition
      And a leader that only a <client> producer with acks 1 reaches, which wrote record 1
      When it sends records 2 to 6
      And another <client> producer writes records 7 to 11 to the next leader
      Then records 2 to 6 are acknowledged
      But records 2 to 6 are lost once the old leader is back

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A leader that is cut off acknowledges nothing that every replica in sync has to have

    @TRU-3 @cuts-links @reads-segments
    Scenario Outline: With acks=all <client> hears nothing before the old leader is back
      Given a topic with 1 partition
      And a leader that only an idempotent <client> producer reaches, which wrote record 1
      When it is given records 2 to 6
      And another <client> producer writes records 7 to 11 to the next leader
      Then records 2 to 6 are on the old leader, and none of them is acknowledged
      And once it is back they are acknowledged, and the log holds records 1 to 11 once each

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A consumer past the cut notices, and does not read on silently over other records

    @TRU-2 @kills-brokers @cuts-links
    Scenario Outline: A <client> consumer with a reset policy goes back to where the log was cut
      Given a topic with 1 partition that allows unclean leader election
      And records 1 to 10 in it, written by <client>
      And a <client> consumer with auto.offset.reset earliest
      When <client> writes record 11 to a leader whose followers lag, it is read, and it dies
      And <client> writes records 12 to 14 to the next leader
      Then the consumer goes back to offset 10 and reads records 12 to 14

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @TRU-2 @kills-brokers @cuts-links
    Scenario Outline: A <client> consumer without a reset policy is told that the log was cut
      Given a topic with 1 partition that allows unclean leader election
      And records 1 to 10 in it, written by <client>
      And a <client> consumer with auto.offset.reset none
      When <client> writes record 11 to a leader whose followers lag, it is read, and it dies
      And <client> writes records 12 to 14 to the next leader
      Then the consumer is told that the log was cut at offset 10

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @TRU-2 @twin @kills-brokers @cuts-links
    Scenario: A reader that names no leader epoch reads on and misses a record
      Given a topic with 1 partition that allows unclean leader election
      And records 1 to 10 in it, written by confluent-kafka
      When confluent-kafka writes record 11 to a leader whose followers lag, and the leader dies
      And confluent-kafka writes records 12 to 14 to the next leader
      Then whoever reads on behind record 11 and names no leader epoch gets records 13 and 14
