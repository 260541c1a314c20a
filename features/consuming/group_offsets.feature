@consuming
Feature: How long a group's offsets last, and who may change them
  A group keeps its offsets of a topic while a member subscribes to it, and for a week once
  it has no members any more. Those of a consumer that is given its partitions last a week
  from their commit. An administrator can set offsets or delete the group, but only while
  nobody is in it.

  Documented: Broker Configs, "offsets.retention.minutes"; Basic Kafka Operations,
  "Managing Consumer Groups"; KIP-211, KIP-345, KIP-496.

  Background:
    Given a topic with 1 partition
    And records 1 to 100 in partition 0

  Rule: A group's offsets can be set, and the group deleted, only while it has no member

    @CMT-7
    Scenario Outline: A <client> admin client can do nothing to a group with a member
      Given a <client> consumer that has read and committed records 1 to 60 of them
      When a <client> admin client tries to set its group to offset 10
      Then that is refused with UNKNOWN_MEMBER_ID, and offset 60 stays committed
      And deleting the group is refused with NON_EMPTY_GROUP

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-7
    Scenario Outline: A static <client> member that has closed counts until its session ends
      Given a static <client> consumer that has read and committed records 1 to 60 of them
      When it closes and a <client> admin client tries to set its group to offset 10
      Then that is refused with UNKNOWN_MEMBER_ID, and offset 60 stays committed
      And offset 10 can be set once its session has ended

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-7
    Scenario Outline: A group without members goes on where a <client> admin client sets it
      Given a <client> consumer that has read and committed records 1 to 60 of them
      When it leaves and a <client> admin client sets its group to offset 10
      Then another <client> consumer of its group reads records 11 to 100 in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-7
    Scenario Outline: A group that a <client> admin client has deleted begins again
      Given a <client> consumer that has read and committed records 1 to 60 of them
      When it leaves and a <client> admin client deletes its group
      Then another <client> consumer of its group reads records 1 to 100 in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: An offset expires once its time is over, but not while a member subscribes to its topic

    Nobody waits for a week here: a commit in the form that clients had before KIP-211
    says itself for how long it is to be kept, and Kafka 4 still heeds it. That time counts
    from the commit. Without the member the offset expires, as that of the other group does.

    @CMT-7
    Scenario Outline: The offset of a group with a <client> member does not expire
      Given a <client> consumer that has read and committed records 1 to 60 of them
      And its offset 60 is committed again, to be kept for a millisecond
      And another group whose offset 50 has expired
      Then offset 60 of the group with a member stays committed

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-7
    Scenario Outline: A <client> group whose offset has expired begins where earliest says
      Given a group whose offset 50 has expired
      When a <client> consumer of that group with auto.offset.reset earliest reads
      Then the group has read records 1 to 100 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-7 @twin @network-faults
    Scenario Outline: With latest a <client> group whose offset has expired skips records
      Given a group whose offset 50 has expired
      And a <client> consumer of that group that starts at the latest offset
      When records 101 to 110 are written
      Then the group has read records 101 to 110 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
