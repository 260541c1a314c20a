@sink
Feature: Ten transactions, and errors by chance
  Ten transactions are written, and a sink fails with a probability of one in five right
  after a database commit. It is started again until it is done. After its first error
  the checker names what the balances lack; at the end it finds nothing wrong.

  Documented: Design, "Message Delivery Semantics".

  # the twin of SNK-1 and of SNK-2, with a certain error in place of a chance, stand in
  # accounts_by_sequence.feature and accounts_by_offset.feature

  Background:
    Given a topic with 2 partitions
    And transactions 1 to 10 of 4 accounts in it

  @SNK-1 @SNK-2 @database
  Scenario Outline: A <client> sink that <stores> fails by chance until it is done
    Given a <client> sink that <stores>
    And an error with a probability of 0.2 after each of its database commits
    When it is started again after each error until it has come to the end of the log
    Then the checker has named what was missing, and finds nothing wrong at the end
    And the balances hold each transaction once

    Examples:
      | client          | stores                                    |
      | kafka-python    | stores the last sequence with the balance |
      | kafka-python    | stores the next offset with the balance   |
      | confluent-kafka | stores the last sequence with the balance |
      | confluent-kafka | stores the next offset with the balance   |
