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
