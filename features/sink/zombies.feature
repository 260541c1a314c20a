@sink
Feature: A sink that wakes up when its partition is another one's
  A member that stands still for longer than its session timeout is thrown out of its
  group, and another one gets its partitions. When it goes on, in a long pause of its
  garbage collector or of its machine, it still holds the batch that it had read, and
  writes it. Kafka refuses its offsets and has no say in what it writes elsewhere: only
  the database can tell that it comes too late, by a row that is not as it left it.

  Documented: Consumer Configs, "session.timeout.ms" and "max.poll.interval.ms";
  MySQL Reference Manual, "Locks Set by Different SQL Statements in InnoDB" and
  "Consistent Nonlocking Reads".

  Background:
    Given a topic with 1 partition
    And transactions 1 to 5 of 2 accounts in it

  Rule: A row that is changed only if it is as expected refuses whoever comes too late

    The next offset is moved on from where the sink has left it, and a changed row is
    counted. The other one has moved it to 5 meanwhile, so the late UPDATE finds no row
    at 0, changes nothing, and the whole transaction is given up. A generation that
    each new owner raises does the same.

    @SNK-5 @core @database
    Scenario Outline: A late <client> sink that <stores> is refused
      Given a <client> sink that <stores>
      And it stands still after it has read a batch, the first time
      When another one takes over its partition and does the rest, and it goes on
      Then the balances hold each transaction once
      And the database has refused its old batch

      Examples:
        | client          | stores                                                 |
        | kafka-python    | stores the next offset with the balance                |
        | kafka-python    | stores the next offset with the balance, by generation |
        | confluent-kafka | stores the next offset with the balance                |
        | confluent-kafka | stores the next offset with the balance, by generation |

    @SNK-5 @core @twin @database
    Scenario Outline: A late <client> sink that writes whatever is there sets the offset back
      Given a <client> sink that stores the next offset with the balance, whatever is there
      And it stands still after it has read a batch, the first time
      When another one takes over its partition and does the rest, and it goes on
      Then transactions 1 to 5 are counted twice, and nothing else is wrong
      And its first write has set the offset back from 5 to 1

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A sequence that is compared and stored by one statement knows what comes late

    Pattern 1 asks the database before each record, so that a late batch is known, unless
    the sink stood still right between asking and writing. It then writes what it has
    found to be new, and sets the sequence back, so that all of its batch is new to it.

    @SNK-5 @core @database
    Scenario Outline: A late <client> sink that <stores> knows its old batch
      Given a <client> sink that <stores>
      And it stands still after it has read a batch, the first time
      When another one takes over its partition and does the rest, and it goes on
      Then the balances hold each transaction once
      And it has known its old batch

      Examples:
        | client          | stores                                                       |
        | kafka-python    | stores the last sequence with the balance                    |
        | kafka-python    | stores the last sequence with the balance, and locks nothing |
        | confluent-kafka | stores the last sequence with the balance                    |
        | confluent-kafka | stores the last sequence with the balance, and locks nothing |

    @SNK-5 @core @twin @database
    Scenario Outline: A <client> sink that stood still between asking and writing counts twice
      Given a <client> sink that stores the last sequence with the balance, and locks nothing
      And it stands still after it has read the last sequence, the first time
      And it dies before its offset commit, the first time
      When another one takes over its partition and does the rest, and it goes on
      Then transactions 1 to 2 are counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A sink that stands still within its transaction keeps the next owner at its lock

    The row stays locked until the sink goes on or its connection ends. Then the next
    owner's UPDATE sees what was committed, not what it had read before.

    @SNK-5 @core @database
    Scenario Outline: The next <client> sink, which <stores>, meets a lock and counts nothing twice
      Given a <client> sink that <stores>
      And it stands still before its database commit, the first time
      When another one takes over its partition and meets its lock, and it goes on
      Then the balances hold each transaction once
      And what the other one had read before was refused, or known already

      Examples:
        | client          | stores                                                             |
        | kafka-python    | stores the next offset with the balance                            |
        | kafka-python    | stores the last sequence with the balance                          |
        | confluent-kafka | stores the next offset with the balance                            |
        | confluent-kafka | stores the last sequence with the balance, and locks what it reads |

    @SNK-5 @core @twin @database
    Scenario Outline: The next <client> sink writes past the lock what it had read before it
      Given a <client> sink that stores the next offset with the balance, whatever is there
      And it stands still before its database commit, the first time
      And it dies after its database commit, the first time
      When another one takes over its partition and meets its lock, and it goes on
      Then transaction 1 is counted twice, and nothing else is wrong

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
