@sink
Feature: Balances kept by the last sequence of each partition
  A producer numbers the transactions of each partition, and a sink keeps the last
  number that it has applied in the database, beside the balances. Kafka keeps the
  offsets. They lag behind the database after a crash; the records that come again are
  known by their numbers. What this rests on is order, one transaction, and a number
  for each partition.

  Documented: Design, "Message Delivery Semantics"; MySQL Reference Manual,
  "InnoDB and the ACID Model".

  Rule: With balance and sequence in one database transaction each transaction counts once

    @SNK-1 @core @database
    Scenario Outline: A <client> sink that dies <place> misses nothing and counts nothing twice
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the last sequence with the balance
      And it dies <place>, the third time
      When it works until it dies, and starts again and does the rest
      Then the balances hold each transaction once

      Examples:
        | client          | place                      |
        | kafka-python    | after it has read a batch  |
        | kafka-python    | before its database commit |
        | kafka-python    | after its database commit  |
        | kafka-python    | before its offset commit   |
        | kafka-python    | after its offset commit    |
        | confluent-kafka | after it has read a batch  |
        | confluent-kafka | before its database commit |
        | confluent-kafka | after its database commit  |
        | confluent-kafka | before its offset commit   |
        | confluent-kafka | after its offset commit    |

    @SNK-1 @core @database
    Scenario Outline: A <client> sink that dies at every record before it commits an offset
      Given a topic with 1 partition
      And transactions 1 to 5 of 2 accounts in it
      And a <client> sink that stores the last sequence with the balance
      And it dies after its database commit, each time
      When it is started again until it has come to the end of the log
      Then it has died 5 times, and the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-1 @core @twin @database
    Scenario Outline: Balance first and sequence later, in a <client> sink that dies in between
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the balance first and then the sequence
      And it dies between its two transactions, the third time
      When it works until it dies, and starts again and does the rest
      Then transaction 3 is counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-1 @core @twin @database
    Scenario Outline: Sequence first and balance later, in a <client> sink that dies in between
      Given a topic with 1 partition
      And transactions 1 to 10 of 4 accounts in it
      And a <client> sink that stores the sequence first and then the balance
      And it dies between its two transactions, the third time
      When it works until it dies, and starts again and does the rest
      Then transaction 3 is missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Offsets are committed once the database has their records, and not by the client itself

    Known duplicates seem to allow for auto commit. But a client that closes commits all
    that it has handed out, also what the sink did not come to. Here it reads two at a
    time, and fails after the first of them.

    @SNK-1 @twin @database
    Scenario Outline: A <client> sink with auto commit that fails within a batch loses its rest
      Given a topic with 1 partition
      And transactions 1 to 6 of 2 accounts in it
      And a <client> sink that stores the last sequence with the balance
      And its client commits by itself, and it fails after each database commit
      When it is started again after each error until it has come to the end of the log
      Then transactions 2, 4 and 6 are missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-1 @database
    Scenario Outline: A <client> sink that commits for itself loses nothing by the same errors
      Given a topic with 1 partition
      And transactions 1 to 6 of 2 accounts in it
      And a <client> sink that stores the last sequence with the balance
      And it commits for itself, and it fails after each database commit
      When it is started again after each error until it has come to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: The sequence is one partition's, for between partitions there is no order

    Transactions 1 and 3 are in partition 1, transaction 2 is in partition 0, and the sink
    reads them in the order 1, 3, 2. Compared with the last sequence of all, 2 comes too late.

    @SNK-1 @core @database @network-faults
    Scenario Outline: A <client> sink that reads 1, 3, 2 counts all with a sequence a partition
      Given a topic with 2 partitions
      And transactions 1 to 3 of 2 accounts in it
      And a network that holds back partition 0 until partition 1 is applied
      And a <client> sink that stores the last sequence with the balance
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SNK-1 @core @twin @database @network-faults
    Scenario Outline: A <client> sink that reads 1, 3, 2 takes 2 for a duplicate with one sequence
      Given a topic with 2 partitions
      And transactions 1 to 3 of 2 accounts in it, with one sequence for all partitions
      And a network that holds back partition 0 until partition 1 is applied
      And a <client> sink that stores one last sequence for all partitions
      When it works to the end of the log
      Then transaction 2 is missing, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: What a producer has written twice counts once

    The producer has one request in flight here: what it sends again comes right after itself,
    and not behind later transactions (the next rule tells what becomes of those).

    # the twin of SNK-4 is with pattern 2, in accounts_by_offset.feature

    @SNK-4 @database @network-faults
    Scenario Outline: A <client> sink meets what a <client> producer has sent twice
      Given a topic with 1 partition
      And a network that loses the first acknowledgement
      And transactions 1 to 6 of 2 accounts in it, by a <client> producer without idempotence
      And a <client> sink that stores the last sequence with the balance
      When it works to the end of the log
      Then the log holds a transaction twice, and the balances hold each once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Sequences tell duplicates only while the log has them in order

    Without idempotence a batch that is refused once lands behind the ones sent after it
    (ORD-3). Its lower sequence is then taken for a duplicate, and it is lost for good.

    @SNK-6 @database @network-faults @twin
    Scenario Outline: What lands behind a later transaction is lost for a <client> sink
      Given a topic with 1 partition
      And a leader that refuses its second batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      And transactions 1 to 5 of 5 accounts in it, by a confluent-kafka producer <writing>
      And a <client> sink that stores the last sequence with the balance
      When it works to the end of the log
      Then transaction 2 is missing, and nothing else is wrong

      Examples:
        | client          | writing                          |
        | kafka-python    | without idempotence, one a batch |
        | confluent-kafka | without idempotence, one a batch |

    @SNK-6 @database @network-faults
    Scenario Outline: With an idempotent producer the same refusal loses a <client> sink nothing
      Given a topic with 1 partition
      And a leader that refuses its second batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      And transactions 1 to 5 of 5 accounts in it, by a confluent-kafka producer <writing>
      And a <client> sink that stores the last sequence with the balance
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          | writing                       |
        | kafka-python    | with idempotence, one a batch |
        | confluent-kafka | with idempotence, one a batch |

    @SNK-6 @database @network-faults
    Scenario Outline: A <client> sink that keeps all ids needs no order
      Given a topic with 1 partition
      And a leader that refuses its second batch with NOT_ENOUGH_REPLICAS once 5 are on their way
      And transactions 1 to 5 of 5 accounts in it, by a confluent-kafka producer <writing>
      And a <client> sink that stores the id of each transaction with the balance
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          | writing                                       |
        | kafka-python    | without idempotence, one a batch and with ids |
        | confluent-kafka | without idempotence, one a batch and with ids |

  Rule: A sequence that two producers take from one table is not the order of the log

    The first has taken its number and is slow to write, the second is quick. Idempotence
    does not help, for it keeps each producer's own order. One producer a partition does,
    or a sink that keeps ids.

    @SNK-6 @twin @database @network-faults
    Scenario Outline: Of two <client> producers with one sequence the slow one's is lost
      Given a topic with 1 partition
      And transactions 1 and 2 by two <client> producers, the first held up, <numbering>
      And a <client> sink that stores the last sequence with the balance
      When it works to the end of the log
      Then transaction 1 is missing, and nothing else is wrong

      Examples:
        | client          | numbering                          |
        | kafka-python    | with a sequence for each partition |
        | confluent-kafka | with a sequence for each partition |

    @SNK-6 @database @network-faults
    Scenario Outline: Of two <client> producers with ids none is lost
      Given a topic with 1 partition
      And transactions 1 and 2 by two <client> producers, the first held up, <numbering>
      And a <client> sink that stores the id of each transaction with the balance
      When it works to the end of the log
      Then the balances hold each transaction once

      Examples:
        | client          | numbering |
        | kafka-python    | with ids  |
        | confluent-kafka | with ids  |
