@groups
Feature: Who is in a group, and who owns which partition
  The members of a group share the partitions of its topics: each partition has one
  owner, and an owner that dies, leaves or gets stuck is replaced. A broker, the
  group's coordinator, keeps the list, and another broker goes on where it ended.

  Documented: Introduction, "Main Concepts and Terminology"; Design, "The Consumer";
  Consumer Configs, "session.timeout.ms", "max.poll.interval.ms" and "group.instance.id";
  KafkaConsumer, "Detecting Consumer Failures"; KIP-62, KIP-345.

  Rule: Each partition has exactly one owner, and members beyond the partitions idle

    @GRP-1 @core
    Scenario Outline: Members of <clients> join until there are four for two partitions
      Given a topic with 2 partitions
      When <clients> members join a group one by one until it has 4
      And records 1 to 50 are written to each partition
      Then at every size each partition had one owner, and in the end 2 members have none
      And the members have read each record once

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-1 @core
    Scenario Outline: Two <clients> members split two topics as the <assignor> assignor says
      Given two topics with 3 partitions each
      When 2 <clients> members with the <assignor> assignor form a group
      And records 1 to 10 are written to each partition
      Then one member owns <first> of the partitions and the other one <second>
      And the members have read each record once

      Examples:
        | clients                          | assignor           | first | second |
        | kafka-python                     | range              | 4     | 2      |
        | kafka-python                     | roundrobin         | 3     | 3      |
        | kafka-python                     | sticky             | 3     | 3      |
        | kafka-python                     | cooperative-sticky | 3     | 3      |
        | confluent-kafka                  | range              | 4     | 2      |
        | confluent-kafka                  | roundrobin         | 3     | 3      |
        | confluent-kafka                  | cooperative-sticky | 3     | 3      |
        | kafka-python and confluent-kafka | range              | 4     | 2      |
        | kafka-python and confluent-kafka | roundrobin         | 3     | 3      |
        | kafka-python and confluent-kafka | cooperative-sticky | 3     | 3      |

    @GRP-1 @core @twin
    Scenario Outline: <client> consumers that assign a partition to themselves both read it
      Given a topic with 1 partition
      And records 1 to 50 in partition 0
      When two <client> consumers of one group assign partition 0 to themselves and read on
      Then both own it at the same time, and each record is read twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A member silent for its session timeout is replaced, and nothing is skipped

    @GRP-2 @core
    Scenario Outline: The partition of a <clients> member that dies goes to the other one
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 3 s, that have committed offset 50
      When one of them dies
      And records 51 to 100 are written to each partition
      Then the other one owns both partitions once the session timeout of 3 s is over
      And the members have skipped no record

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-2 @core
    Scenario Outline: The partition of a <clients> member that closes goes to the other one at once
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 30 s, that have committed offset 50
      When one of them closes
      And records 51 to 100 are written to each partition
      Then the other one owns both partitions before the session timeout of 30 s
      And the members have skipped no record

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-2 @core @network-faults
    Scenario Outline: A <clients> member that stands still within its session timeout stays
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 30 s, that have read up to offset 50
      When one of them stands still while the other one heartbeats well beyond 1 s
      And records 51 to 100 are written to each partition
      Then each of them still owns its partition
      And the members have read each record once

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

  Rule: A session timeout that is too long or too short has its price

    @GRP-2 @core @twin @network-faults
    Scenario Outline: With a long session timeout nobody reads on for a dead <clients> member
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 30 s, that have committed offset 50
      When one of them dies
      And records 51 to 100 are written to each partition
      Then the other one heartbeats well beyond 3 s, and nobody reads on for the dead one

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-2 @core @twin
    Scenario Outline: A <clients> member that stands still is replaced, and records are read twice
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 1 s, that have read up to offset 50
      When one of them stands still until the other one owns both partitions
      Then both have read the same records

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

  Rule: A member that does not poll within the poll interval is out though it heartbeats

    @GRP-3 @core @network-faults
    Scenario Outline: A <clients> member that works too long is replaced, and its commit refused
      Given a topic with 2 partitions
      And a group of 2 <clients> members, poll interval 3 s, that have read up to offset 50
      When one of them does not poll any more
      Then the other one owns both partitions once the poll interval of 3 s is over
      And its commit is refused
      And both have read the same records

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-3 @core @twin @network-faults
    Scenario Outline: With a long poll interval a stuck <clients> member keeps its partition
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 3 s, that have read up to offset 50
      When one of them does not poll any more
      And records 51 to 100 are written to each partition
      Then it heartbeats well beyond 3 s, and nobody else reads in its partition
      And its commit is taken

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

  Rule: Another broker goes on coordinating the group where a dead one ended

    @GRP-6 @core @kills-brokers @network-faults
    Scenario Outline: The coordinator of <clients> members dies and nobody joins again
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 30 s, that have committed offset 50
      When the coordinator of the group dies
      And records 51 to 100 are written to each partition
      Then another broker coordinates the same members and offsets, and nobody has joined again
      And the members have read each record once

      Examples:
        | clients                          |
        | kafka-python                     |
        | confluent-kafka                  |
        | kafka-python and confluent-kafka |

    @GRP-6 @core @twin @kills-brokers @network-faults
    Scenario Outline: A <clients> group that is kept on one broker stands still without it
      Given a topic with 2 partitions
      And a group of 2 <clients> members, that have read up to offset 50
      And their coordinator keeps the group on no other broker
      When the coordinator of the group dies and one of them commits
      Then its commit ends only once the dead broker is back

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

  Rule: A static member that restarts within the session timeout disturbs nobody

    @GRP-7 @network-faults
    Scenario Outline: A static <clients> member <ends> and starts again and nobody else joins again
      Given a topic with 2 partitions
      And a group of 2 <clients> members, static, that have committed offset 50
      When one of them <ends> and starts again under its name
      And records 51 to 100 are written to each partition
      Then it owns its partition again, and the other one has not joined again
      And the members have read each record once

      Examples:
        | clients         | ends   |
        | kafka-python    | dies   |
        | kafka-python    | closes |
        | confluent-kafka | dies   |
        | confluent-kafka | closes |

    @GRP-7
    Scenario Outline: A static <clients> member that does not start again in time is replaced
      Given a topic with 2 partitions
      And a group of 2 <clients> members, static, session timeout 3 s, that have committed offset 50
      When one of them closes
      And records 51 to 100 are written to each partition
      Then the other one owns both partitions once the session timeout of 3 s is over
      And the members have skipped no record

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-7 @twin
    Scenario Outline: The restart of a <clients> member that is not static moves all, twice
      Given a topic with 2 partitions
      And a group of 2 <clients> members, session timeout 30 s, that have committed offset 50
      When one of them closes and another one joins in its place
      Then the other one has had to give up its partitions twice

      Examples:
        | clients         |
        | kafka-python    |
        | confluent-kafka |

    @GRP-7
    Scenario: A second process with the name of a confluent-kafka member fences the first
      Given a topic with 2 partitions
      And a group of 2 confluent-kafka members, static, that have committed offset 50
      When another process joins under the name of one of them
      Then it owns the partition of the first
      And the first hears that it is fenced
