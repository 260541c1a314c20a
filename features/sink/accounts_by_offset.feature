@sink
Feature: Balances kept by the next offset of each partition
  A sink keeps the offset that comes next in the database, in the same transaction as
  the balance, and starts there whenever it is assigned a partition. Kafka's committed
  offsets are not used. So each record counts once whatever dies; what a producer has
  written twice is two records.

  Documented: KafkaConsumer, "Storing Offsets Outside Kafka"; MySQL Reference Manual,
  "InnoDB and the ACID Model".

  Rule: With balance and offset in one database transaction each record counts once

    @SNK-2 @core @database
    Scenario Outline: A <client> sink with its own offsets dies <place> and miscounts nothing
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance
      And it dies <place>, the third time
      When it works until it dies, and starts again and does the rest
      Then the balances hold each transaction once

      Examples:
        | client          | place                      |
        | kafka-python    | after it has read a batch  |
        | kafka-python    | before its database commit |
        | kafka-python    | after its database commit  |
        | confluent-kafka | after it has read a batch  |
        | confluent-kafka | before its database commit |
        | confluent-kafka | after its database commit  |

    @SNK-2 @core @database
    Scenario Outline: A <client> sink with its own offsets that dies at every record
      Given a topic with 1 partition
      And transactions 1 to 5 of 2 accounts in it
      And a <client> sink that stores the next offset with the balance
      And it dies after its database commit, each time
      When it is started again until it has come to the end of the log
      Then it has died 5 times, and the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-2 @core @twin @database
    Scenario Outline: Offset first and balance later, in a <client> sink that dies in between
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the offset first and then the balance
      And it dies between its two transactions, the third time
      When it works until it dies, and starts again and does the rest
      Then transaction 3 is missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-2 @core @twin @database
    Scenario Outline: Balance first and offset later, in a <client> sink that dies in between
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the balance first and then the offset
      And it dies between its two transactions, the third time
      When it works until it dies, and starts again and does the rest
      Then transaction 3 is counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Whoever is assigned a partition starts where the database says

    @SNK-3 @database
    Scenario Outline: A <client> sink starts where the database says and not at Kafka's offset
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance
      And offset 4 is committed to Kafka for its group
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-3 @twin @database
    Scenario Outline: A <client> sink without a listener starts at Kafka's offset and skips the rest
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance, and starts where Kafka says
      And offset 4 is committed to Kafka for its group
      When it works to the end of the log
      Then transactions 1 to 4 are missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-3 @database
    Scenario Outline: Two <client> sinks share the partitions out anew and go on from the database
      Given a topic with 2 partitions
      And transactions 1 to 8 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance
      When another one joins its group once it has applied them all
      And transactions 9 to 16 are written and both have come to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    # kafka-python keeps its place in a partition that it is given again, confluent-kafka does not

    @SNK-3 @twin @database
    Scenario Outline: Two <client> sinks without a listener begin again when they share anew
      Given a topic with 2 partitions
      And transactions 1 to 8 of 4 accounts in it
      And a <client> sink that stores the next offset with the balance, and starts where Kafka says
      When another one joins its group once it has applied them all
      And transactions 9 to 16 are written and both have come to the end of the log
      Then transactions <again> are counted twice, and nothing else is wrong

      Examples:
        | client          | again         |
        | kafka-python    | 1, 3, 5 and 7 |
        | confluent-kafka | 1 to 8        |

  Rule: A listener that fails ends the sink, and is no longer passed over in silence

    The sink of the text that this chapter follows stores its offsets once more when its
    partitions are revoked, by names that its listener does not have. kafka-python
    swallowed such errors in its day. Version 3 raises them, and calls the listener
    with no partitions at all when it first joins, so that such a sink reads nothing.

    @SNK-3 @twin @database
    Scenario: A kafka-python sink whose listener lacks a name ends as it joins
      Given a topic with 2 partitions
      And transactions 1 to 8 of 4 accounts in it
      And a kafka-python sink that stores its offsets once more in a listener that lacks names
      When it is started
      Then it ends with an error that names store_offsets
      And transactions 1 to 8 are missing, and nothing else is wrong

    @SNK-3 @twin @database
    Scenario: A confluent-kafka sink whose listener lacks a name ends when another one joins
      Given a topic with 2 partitions
      And transactions 1 to 8 of 4 accounts in it
      And a confluent-kafka sink that stores its offsets once more in a listener that lacks names
      When another one joins its group once it has applied them all
      Then it ends with an error that names store_offsets
      And the balances hold each transaction once

  Rule: Each record counts once, so what a producer has written twice counts twice

    The producer has one request in flight, as in accounts_by_sequence.feature.

    @SNK-4 @twin @database @network-faults
    Scenario Outline: A <client> sink counts what a <client> producer has sent twice as often
      Given a topic with 1 partition
      And a network that loses the first acknowledgement
      And transactions 1 to 6 of 2 accounts in it, by a <client> producer without idempotence
      And a <client> sink that stores the next offset with the balance
      When it works to the end of the log
      Then just what the log holds twice is counted twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-4 @database @network-faults
    Scenario Outline: A <client> producer with idempotence spares a <client> sink the duplicate
      Given a topic with 1 partition
      And a network that loses the first acknowledgement
      And transactions 1 to 6 of 2 accounts in it, by a <client> producer with idempotence
      And a <client> sink that stores the next offset with the balance
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
