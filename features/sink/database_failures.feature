@sink
Feature: A database that fails while a sink writes
  A COMMIT that was sent and not answered may be done or not: nobody but the database
  can tell. A sink that asks it, by the sequence or the offset that it stores with the
  balance, goes on at the right place whatever has happened. One that guesses counts a
  transaction twice, or never.

  Documented: MySQL Reference Manual, "InnoDB and the ACID Model" and
  "START TRANSACTION, COMMIT, and ROLLBACK Statements".

  Background:
    Given a topic with 1 partition
    And transactions 1 to 6 of 2 accounts in it

  Rule: Whether a COMMIT without an answer is done stands in the database

    @SNK-8 @database @database-faults
    Scenario Outline: A COMMIT of a <client> sink that <stores> <loss>
      Given a <client> sink that <stores>
      And its third COMMIT <loss>
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          | stores                                    | loss                     |
        | kafka-python    | stores the last sequence with the balance | is lost on its way       |
        | kafka-python    | stores the last sequence with the balance | is done and not answered |
        | kafka-python    | stores the next offset with the balance   | is lost on its way       |
        | kafka-python    | stores the next offset with the balance   | is done and not answered |
        | confluent-kafka | stores the last sequence with the balance | is lost on its way       |
        | confluent-kafka | stores the last sequence with the balance | is done and not answered |
        | confluent-kafka | stores the next offset with the balance   | is lost on its way       |
        | confluent-kafka | stores the next offset with the balance   | is done and not answered |

    @SNK-8 @twin @database @database-faults
    Scenario Outline: A <client> sink that takes a lost answer for a failure counts twice
      Given a <client> sink that stores offset and balance, whatever is there, and repeats blindly
      And its third COMMIT is done and not answered
      When it works to the end of the log
      Then transaction 3 is counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A database that dies at a COMMIT has done all of a transaction, or nothing

    @SNK-8 @database @kills-database @database-faults
    Scenario Outline: The database of a <client> sink that <stores> dies <moment> a COMMIT
      Given a <client> sink that <stores>
      And the database dies <moment> its third COMMIT, and starts again
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          | stores                                    | moment           |
        | kafka-python    | stores the last sequence with the balance | before           |
        | confluent-kafka | stores the next offset with the balance   | before           |
        | confluent-kafka | stores the last sequence with the balance | in the middle of |
        | kafka-python    | stores the next offset with the balance   | in the middle of |
        | kafka-python    | stores the last sequence with the balance | after            |
        | confluent-kafka | stores the next offset with the balance   | after            |

    @SNK-8 @twin @database @kills-database @database-faults
    Scenario Outline: With auto commit a <client> sink whose database dies loses a balance
      Given a <client> sink that stores the next offset and the balance with auto commit
      And the database dies before its third balance is written, and starts again
      When it works to the end of the log
      Then transaction 3 is missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
