@consuming
Feature: Where a consumer begins that has no offset to go on from
  A consumer without a committed offset, or with one that the log no longer has, asks
  its reset policy where to begin. The policy decides between reading again, skipping
  and stopping, and most losses on the reading side are a policy that skips.

  Documented: Consumer Configs, "auto.offset.reset"; KIP-79 and KIP-734 (offsets by
  time); KIP-1106 (by_duration).

  Rule: Without a committed offset the reset policy decides where a group begins

    @RST-1
    Scenario Outline: A new <client> group with auto.offset.reset=earliest reads the whole log
      Given a topic with 1 partition
      And records 1 to 10 in partition 0
      When a new <client> group with auto.offset.reset earliest reads
      Then the group has read records 1 to 10 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-1
    Scenario Outline: A new <client> group with auto.offset.reset=none gets an error and no record
      Given a topic with 1 partition
      And records 1 to 10 in partition 0
      When a new <client> group with auto.offset.reset none reads
      Then it is told that it has no offset, and has read nothing

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-1 @twin @network-faults
    Scenario Outline: A new <client> group with the default policy never sees what was there before
      Given a topic with 1 partition
      And records 1 to 10 in partition 0
      And a new <client> group with the default policy
      When records 11 to 20 are written
      Then the group has read records 11 to 20 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: An offset that the log no longer has is an error, or the reset policy applies again

    @RST-2
    Scenario Outline: A <client> consumer with auto.offset.reset=none stops where records are gone
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When the records before offset 50 are deleted
      And a <client> consumer with auto.offset.reset none reads from offset 10
      Then it is told that its offset is out of range, and has read nothing

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-2
    Scenario Outline: A <client> consumer with earliest goes on with the first record left
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When the records before offset 50 are deleted
      And a <client> consumer with auto.offset.reset earliest reads from offset 10
      Then the group has read records 51 to 100 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-2 @twin @network-faults
    Scenario Outline: A <client> consumer with auto.offset.reset=latest skips all that is left
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      And the records before offset 50 are deleted
      And a <client> consumer that was at offset 10 and has asked for the latest one
      When records 101 to 110 are written
      Then the group has read records 101 to 110 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A time finds the first offset whose record is not older

    @RST-3
    Scenario Outline: <client> finds offsets by time
      Given a topic with 1 partition
      And records of these times in it:
        | 1 | 10:00 |
        | 2 | 10:20 |
        | 3 | 10:10 |
        | 4 | 10:30 |
      Then <client> finds these offsets by time:
        | 09:00 | 0    |
        | 10:00 | 0    |
        | 10:05 | 1    |
        | 10:20 | 1    |
        | 10:25 | 3    |
        | 10:31 | none |

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-3 @since-3.0
    Scenario: The latest by time is found wherever it lies
      Given a topic with 1 partition
      And records of these times in it:
        | 1 | 10:00 |
        | 2 | 10:20 |
        | 3 | 10:10 |
      Then the offset of the largest time is 1

    @RST-3 @RST-4 @twin
    Scenario Outline: Where times are out of order <client> meets an older record behind that offset
      Given a topic with 1 partition
      And records of these times in it:
        | 1 | 10:00 |
        | 2 | 10:20 |
        | 3 | 10:10 |
      When a <client> consumer reads from the offset of 10:15 on
      Then the group has read records 2 to 3 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A consumer can begin as far back as a duration says

    Neither client has by_duration (KIP-1106): confluent-kafka refuses the word, and
    kafka-python takes it for "none" with a line in its log. A search by time does the same.

    @RST-4
    Scenario Outline: A <client> consumer that looks up a time begins there
      Given a topic with 1 partition
      And records of these times in it:
        | 1 | 10:00 |
        | 2 | 10:10 |
        | 3 | 10:20 |
        | 4 | 10:30 |
      When a <client> consumer reads from the offset of 10:15 on
      Then the group has read records 3 to 4 and none before

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RST-4
    Scenario: confluent-kafka refuses by_duration
      When a confluent-kafka consumer is opened with auto.offset.reset by_duration:PT15M
      Then it is refused with a word about auto.offset.reset

    @RST-4
    Scenario: kafka-python takes by_duration for none
      Given a topic with 1 partition
      And records 1 to 10 in partition 0
      When a new kafka-python group with auto.offset.reset by_duration:PT15M reads
      Then it is told that it has no offset, and has read nothing
