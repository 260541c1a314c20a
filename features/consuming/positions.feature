@consuming
Feature: How far a consumer has read
  A consumer's position is the next offset that it will be handed. It runs ahead of
  what the application has done with the records, and behind what has been fetched.

  Documented: KafkaConsumer, "Offsets and Consumer Position" and "Consumption Flow Control".

  Rule: The position is the next offset to be handed out, whatever has been fetched

    @POS-1 @network-faults
    Scenario Outline: A <client> consumer that was handed 5 of 100 fetched records is at offset 5
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When a <client> consumer has fetched 100 records and was handed 5
      Then its position is 5
      And after a commit another <client> consumer of its group is handed record 6 next

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @POS-1 @twin @network-faults
    Scenario Outline: A <client> consumer that fails at the third of 5 records has committed all 5
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When a <client> consumer has fetched 100 records and was handed 5
      And it commits its position and dies with records 1 and 2 processed
      And another <client> consumer of its group processes the next record, which is 6
      Then records 3 to 5 are never processed

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A partition that is paused is not read, and loses nothing; a position can be set anywhere

    # no twin for POS-2: it rests on no setting

    @POS-2
    Scenario Outline: A partition that a <client> consumer pauses at once is read when it resumes
      Given a topic with 2 partitions
      And records 1 to 50 in partition 0
      And records 51 to 100 in partition 1
      When a <client> consumer reads 0 of partition 0, pauses it and reads partition 1 up
      Then it was handed nothing of partition 0 meanwhile
      And once it resumes it reads the rest of partition 0 in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @POS-2
    Scenario: A partition that confluent-kafka pauses between two records goes on where it stood
      Given a topic with 2 partitions
      And records 1 to 50 in partition 0
      And records 51 to 100 in partition 1
      When a confluent-kafka consumer reads 10 of partition 0, pauses it and reads partition 1 up
      Then it was handed nothing of partition 0 meanwhile
      And once it resumes it reads the rest of partition 0 in order

    @POS-2
    Scenario Outline: A <client> consumer reads on where it was told to
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When a <client> consumer reads 10 records each from offsets 90, 20 and 0
      Then it was handed records 91 to 100, then 21 to 30, then 1 to 10

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A partition that kafka-python pauses between two records of a batch is never read again

    It lays the rest of the batch aside and takes it up only when it has no batch in hand,
    which it always has once another partition was read (3.0.12). It does not fetch the
    partition meanwhile, so nothing more of it is handed out. No public report was found;
    it came with the change that keeps what was fetched (KAFKA-7548 in kafka-python).

    @POS-2 @limit
    Scenario: A partition that kafka-python resumes is silent while the other one is read on
      Given a topic with 2 partitions
      And records 1 to 50 in partition 0
      And records 51 to 100 in partition 1
      When a kafka-python consumer reads 10 of partition 0, pauses it and reads partition 1 up
      And it resumes partition 0, and records 101 to 150 are written to partition 1
      Then it reads records 101 to 150, and nothing of the 40 left in partition 0

  Rule: A seek of confluent-kafka is undone by an answer that it was too early for

    A consumer that begins at the beginning of a partition, or at its end, asks the leader
    which offset that is. If it seeks before it is told, librdkafka takes the answer for
    outdated, and asks once more instead of dropping it: the second answer moves it away
    from where it was told to read on (librdkafka issue 2256, closed). A consumer that was
    given an offset to begin with, as above, has nothing to ask and stays where it seeks.

    @POS-2 @limit @network-faults
    Scenario: A confluent-kafka consumer that seeks too early reads from the beginning
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When a confluent-kafka consumer seeks offset 90 before it is told where partition 0 begins
      Then it is handed record 1 all the same

    @POS-2 @network-faults
    Scenario: A kafka-python consumer that seeks as early reads on where it was told to
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When a kafka-python consumer seeks offset 90 before it is told where partition 0 begins
      Then it is handed records 91 to 100
