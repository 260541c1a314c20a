@sink
Feature: Sinks when a topic gets more partitions
  A table that says how far a sink has come has a row a partition, so it has to follow
  the topic. And the keys move: transactions of one account are then in two partitions,
  and two sinks write one balance.

  Documented: Basic Kafka Operations, "Modifying topics"; MySQL Reference Manual,
  "Consistent Nonlocking Reads".

  Background:
    Given a topic with 1 partition
    And transactions 1 to 2 of 2 accounts in it

  Rule: A new partition needs a row before anything of it is applied

    An UPDATE of a row that is not there changes nothing and is no error.

    @SNK-7 @database
    Scenario Outline: A <client> sink that <stores> makes a row for a new partition
      Given a <client> sink that <stores>
      When it works to the end of the log
      And the topic grows to 2 partitions, and transactions 3 to 6 are written
      And it works to the end of the log, and once more
      Then the balances hold each transaction once

      Examples:
        | client          | stores                                    |
        | kafka-python    | stores the last sequence with the balance |
        | kafka-python    | stores the next offset with the balance   |
        | confluent-kafka | stores the last sequence with the balance |
        | confluent-kafka | stores the next offset with the balance   |

    @SNK-7 @twin @database
    Scenario Outline: A <client> sink that makes no row begins anew in a new partition each time
      Given a <client> sink that stores offset and balance, whatever is there, and makes no rows
      When it works to the end of the log, and partition 0 alone has a row
      And the topic grows to 2 partitions, and transactions 3 to 6 are written
      And it works to the end of the log, and once more
      Then transactions 3 and 5 are counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A balance that two sinks write is added to by the database, not by them

    Transaction 1 of account 1 is in partition 0, transaction 3 in partition 1. One sink
    has read the balance when the other one writes it.

    @SNK-7 @database @network-faults
    Scenario Outline: Two <client> sinks that have the database add lose nothing
      Given the topic has grown to 2 partitions, with transactions 3 to 4
      And a <client> sink that stores the next offset with the balance
      And it stands still before it writes a balance, the first time
      When another one shares the partitions with it and does its part, and it goes on
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-7 @twin @database @network-faults
    Scenario Outline: Of two <client> sinks that read a balance and set it one loses its update
      Given the topic has grown to 2 partitions, with transactions 3 to 4
      And a <client> sink that <stores>
      And it stands still before it writes a balance, the first time
      When another one shares the partitions with it and does its part, and it goes on
      Then transaction 3 is missing, and nothing else is wrong

      Examples:
        | client          | stores                                                         |
        | kafka-python    | stores the next offset with a balance that it reads and sets   |
        | confluent-kafka | stores the last sequence with a balance that it reads and sets |
