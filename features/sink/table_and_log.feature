@sink
Feature: A table is what its log adds up to
  The log has every change, the table what they come to. So the table can be thrown
  away and built anew from the first offset, as long as the log still begins there and
  holds nothing but changes.

  Documented: Introduction, "Main Concepts and Terminology"; Topic Configs, "retention.ms".

  Background:
    Given a topic with 1 partition

  Rule: Built anew from the first offset the table is the same

    @SNK-9 @database
    Scenario Outline: A <client> sink of a new group builds the same table once more
      Given transactions 1 to 12 of 4 accounts in it
      And a <client> sink that <stores>
      When it works to the end of the log
      And the tables are emptied, and one of a new group works to the end of the log
      Then the balances are as before, and hold each transaction once

      Examples:
        | client          | stores                                    |
        | kafka-python    | stores the last sequence with the balance |
        | kafka-python    | stores the next offset with the balance   |
        | confluent-kafka | stores the last sequence with the balance |
        | confluent-kafka | stores the next offset with the balance   |

    @SNK-9 @twin @database
    Scenario Outline: A log without its beginning gives a <client> sink another table
      Given transactions 1 to 12 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance
      When it works to the end of the log
      And the records before offset 3 are deleted, as retention does it
      And the tables are emptied, and one of a new group works to the end of the log
      Then transactions 1 to 3 are missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A record that is no transaction stops a sink right before it

    Passing over it would lose what it was meant to be. The sink ends, says where it lies,
    and leaves its offset at it, until somebody has looked.

    # no twin for SNK-10: it rests on no setting

    @SNK-10 @database
    Scenario Outline: A <client> sink that <stores> stops at a record that is none
      Given transactions 1 to 4 of 2 accounts in it, a record that is none, and 5 to 8
      And a <client> sink that <stores>
      When it works until it ends, and is started again
      Then both times it has named offset 4, and its offset is 4
      And transactions 5 to 8 are missing, and nothing else is wrong

      Examples:
        | client          | stores                                    |
        | kafka-python    | stores the last sequence with the balance |
        | kafka-python    | stores the next offset with the balance   |
        | confluent-kafka | stores the last sequence with the balance |
        | confluent-kafka | stores the next offset with the balance   |
