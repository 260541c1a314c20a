@groups
Feature: Where members and coordinators do not keep their word today
  A coordinator may answer with an older commit than its predecessor acknowledged, a
  kafka-python member may join for ever, read on when it has been fenced, or have its
  poll fail, and a confluent-kafka member may not join at all. These pages show it
  beside what an application can do.

  Documented: Implementation, "Consumer Offset Tracking"; KIP-345, KIP-447.

  Rule: A coordinator that has just taken over can answer with an older commit

    Until a coordinator has loaded the offsets, a question for them has to fail, so that
    the client asks again. The coordinator of Kafka 4 answers as soon as it has loaded
    them, with what it knows to be on all replicas. Right after a failover that may be
    less than its predecessor acknowledged, for as long as its follower is slow. Where
    that was the first commit, it answers that there is none, and a consumer with the
    default policy goes to the end: what its group has not read is never read. No public
    report was found; KAFKA-15910 is about the snapshots that it answers from.
    A client that asks for stable offsets is let wait, and gets the right answer.
    The coordinator of Kafka 3, which is another program (KIP-848), gives everyone the
    right one.

    @GRP-6 @core @limit @kills-brokers @network-faults @since-4.0
    Scenario Outline: After a failover a <client> consumer is told an older commit
      Given a topic with 1 partition
      And a <client> consumer whose group has committed offset 10
      And followers of its coordinator that are slow to hear what has reached them all
      When it commits offset 50 and the coordinator dies
      Then a new <client> consumer is told offset 10 instead of offset 50

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @GRP-6 @core @limit @kills-brokers @network-faults @since-4.0
    Scenario Outline: After a failover a <client> consumer skips what its group has not read
      Given a topic with 1 partition
      And a <client> consumer whose group has committed nothing of records 1 to 100
      And followers of its coordinator that are slow to hear what has reached them all
      When it commits offset 50 and the coordinator dies
      And a new <client> consumer goes to the end, and records 101 to 110 are written
      Then the group goes on with records 101 to 110 and has skipped records 51 to 100

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @GRP-6 @core @kills-brokers @network-faults @until-3.9
    Scenario Outline: After a failover of Kafka 3 a <client> consumer is told the right commit
      Given a topic with 1 partition
      And a <client> consumer whose group has committed offset 10
      And followers of its coordinator that are slow to hear what has reached them all
      When it commits offset 50 and the coordinator dies
      Then a new <client> consumer is told offset 50

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @GRP-6 @core @kills-brokers @network-faults
    Scenario Outline: A <client> consumer that reads committed records is told the right one
      Given a topic with 1 partition
      And a <client> consumer whose group has committed offset 10
      And followers of its coordinator that are slow to hear what has reached them all
      When it commits offset 50 and the coordinator dies
      Then a new <client> consumer that reads committed records is told offset 50

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A kafka-python member whose polls return at once may never get a partition

    A join of kafka-python that ends between two polls is thrown away, and the next poll
    begins another one. Its poll returns at once unless it is given a time, so that an
    application with other things to do in its loop joins again and again, while the
    coordinator takes it for the owner, until a poll happens to meet the end of a join.
    Here each join has ended before the next poll. kafka-python issues 2609 and 2692 tell
    of it in older releases, and are closed. A poll that is given a second gets its
    partition.

    @GRP-1 @core @limit @network-faults
    Scenario: A kafka-python member whose polls return at once joins again and again
      Given a topic with 1 partition
      And records 1 to 50 in partition 0
      When a kafka-python member whose polls return at once joins up to 10 times
      Then it owns nothing, though by the coordinator's word it owns the partition
      And a poll that may take its time reads all records

    @GRP-1 @core @network-faults
    Scenario: A confluent-kafka member whose polls return at once gets its partition
      Given a topic with 1 partition
      And records 1 to 50 in partition 0
      When a confluent-kafka member whose polls return at once joins up to 10 times
      Then it owns the partition
      And a poll that may take its time reads all records

  Rule: A kafka-python member that was fenced reads on

    It hears of it with a heartbeat, stops heartbeating, and tells nobody. No public
    report was found. Its commits are refused, so an application that commits what it
    has read notices.

    @GRP-7 @limit
    Scenario: A fenced kafka-python member reads beside the one that took its name
      Given a topic with 2 partitions
      And a group of 2 kafka-python members, static, that have committed offset 50
      When another process joins under the name of one of them
      And records 51 to 100 are written to each partition
      Then the first hears nothing, and both read the same records
      But the first is refused when it commits

  Rule: A kafka-python poll fails when its member reaches no broker

    A poll waits for records as long as it may, and the library looks for brokers
    meanwhile. That of kafka-python ends with a connection error if it can ask for
    neither its coordinator nor new metadata. It takes all brokers out of reach, as here,
    or the one that died and happens to be asked for both; a commit ends the same way. No
    public report was found. The member stays in its group, and an application that
    polls again goes on.

    @GRP-6 @core @limit @network-faults
    Scenario: A poll of a kafka-python member fails when no broker lets it in
      Given a topic with 2 partitions
      And a group of 2 kafka-python members, session timeout 30 s, that have committed offset 50
      When no broker lets one of them in
      And records 51 to 100 are written to each partition
      Then its poll fails before they let it in again
      And the members have read each record once

    @GRP-6 @core @network-faults
    Scenario: A poll of a confluent-kafka member waits when no broker lets it in
      Given a topic with 2 partitions
      And a group of 2 confluent-kafka members, session timeout 30 s, that have committed offset 50
      When no broker lets one of them in
      And records 51 to 100 are written to each partition
      Then its poll does not fail before they let it in again
      And the members have read each record once

  Rule: A confluent-kafka member that has lost its question for metadata does not join

    Before it joins, a member asks some broker about its topics. When other brokers no
    longer list that one, librdkafka gives it up and drops the question with it; the join
    goes on waiting for the answer. What others tell of the topic meanwhile does not
    help, nor does the broker's return. The member joins when its metadata is due again
    (topic.metadata.refresh.interval.ms), and by default that is after 5 minutes. No
    public report was found.

    @GRP-1 @core @limit @kills-brokers @network-faults
    Scenario: A confluent-kafka member does not join when the broker that it asked is dead
      Given a topic with 2 partitions
      And a confluent-kafka consumer that has not joined a group, metadata age 5 min
      When it joins, and the broker that it asks about the topic dies
      Then it does not join, though that broker is back and another one joins

    @GRP-1 @core @kills-brokers @network-faults
    Scenario: A confluent-kafka member whose metadata is soon due joins all the same
      Given a topic with 2 partitions
      And a confluent-kafka consumer that has not joined a group, metadata age 1 s
      When it joins, and the broker that it asks about the topic dies
      Then it owns the whole topic before that broker is back
