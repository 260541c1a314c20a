@ordering
Feature: Which partition a record goes to
  The producer chooses the partition: by the record's key, or freely where there is
  none. Order per key therefore holds as long as everyone who writes uses the same
  function and the number of partitions stays.

  Documented: Design, "Load balancing"; Protocol Guide, "Partitioning Strategies";
  Producer Configs, "partitioner.class".

  Rule: Records with equal keys go to one partition

    @KEY-1 @core
    Scenario Outline: Each of 50 keys stays in one partition
      Given a topic with 6 partitions
      And an idempotent <client> producer
      When it sends records 1 to 1,000 with 50 keys in turn
      Then the records of each key are in one partition, in the order in which they were sent

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KEY-1 @core
    Scenario Outline: A partition that is named overrides the key
      Given a topic with 6 partitions
      And an idempotent <client> producer
      When it sends records 1 to 60 with 6 keys in turn to partition 5
      Then partition 5 holds records 1 to 60

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KEY-1 @core
    Scenario Outline: A partition that does not exist is refused and nothing is written
      Given a topic with 6 partitions
      And an idempotent <client> producer
      When it sends record 1 to partition 6
      Then record 1 is refused before it is sent
      And the log holds 0 records

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    # The new producer sees all partitions at once. The first one would go on with those that it
    # knows until it asks again, 5 minutes later at most (metadata.max.age.ms).
    @KEY-1 @core @twin
    Scenario Outline: With more partitions a key moves, and its order is lost
      Given a topic with 2 partitions
      And an idempotent <client> producer
      When it sends records 1 to 100 with 50 keys in turn
      And the topic grows to 6 partitions
      And a new idempotent <client> producer sends records 101 to 200 with the same 50 keys
      Then the records of some keys are in two partitions

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Clients that use the same function agree on the partition of a key

    @KEY-2
    Scenario: With murmur2 both clients send a key to the same partition
      Given a topic with 4 partitions
      And an idempotent kafka-python producer
      And another idempotent confluent-kafka producer that partitions by murmur2
      When each of them sends one record for each of 100 keys
      Then each key is in one partition

    @KEY-2 @twin
    Scenario: With the default functions the clients part a key's records
      Given a topic with 4 partitions
      And an idempotent kafka-python producer
      And another idempotent confluent-kafka producer
      When each of them sends one record for each of 100 keys
      Then some keys are in two partitions

  Rule: Records without a key spread over all partitions

    @KEY-3
    Scenario Outline: Every partition gets records that have no key
      Given a topic with 3 partitions
      And an idempotent <client> producer
      When it sends records 1 to 300 without key, each once the one before is acknowledged
      Then every partition holds some of records 1 to 300

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @KEY-3 @kills-brokers
    Scenario: Without a leader only records with a key have to wait
      Given a topic with 3 partitions of one replica each
      And an idempotent kafka-python producer
      And the leader of partition 0 is dead
      When it sends records 1 to 20 without key, and record 21 with a key of partition 0
      Then records 1 to 20 are acknowledged by the other partitions
      And record 21 is acknowledged by partition 0 once its leader is back

    @KEY-3 @kills-brokers
    Scenario: A record of confluent-kafka with a key waits for the leader of its partition
      Given a topic with 3 partitions of one replica each
      And an idempotent confluent-kafka producer
      And the leader of partition 0 is dead
      When it is given record 1 with a key of partition 0
      Then record 1 is acknowledged by partition 0 once its leader is back

    # librdkafka "will try not to return unavailable partitions" (rdkafka.h): it picks at random,
    # and once more if that one has no leader. What is sent before it knows the leaders is dealt
    # blindly.
    @KEY-3 @limit @kills-brokers
    Scenario: confluent-kafka lets some records without a key wait for a dead leader
      Given a topic with 3 partitions of one replica each
      And an idempotent confluent-kafka producer that picks a partition for each record
      And the leader of partition 0 is dead
      When it is given records 1 to 300 without key
      Then some of them are acknowledged last, by partition 0 once its leader is back

    @KEY-3 @twin
    Scenario Outline: Records without a key are not read in the order in which they were sent
      Given a topic with 3 partitions
      And an idempotent <client> producer
      When it sends records 1 to 300 without key, each once the one before is acknowledged
      Then a <client> consumer of all partitions reads them in another order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: What cannot be serialized is never sent, and what was sent is kept as bytes

    @KEY-4
    Scenario Outline: A serializer that fails keeps the record out of the log
      Given a topic with 1 partition
      And a network in which every batch that is sent is counted
      And an idempotent <client> producer that serializes text
      When it sends record 1, the number 42, and record 2
      Then the number is refused before it is sent
      And the log holds records 1 and 2 exactly once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    # Seeking is up to the application, and the libraries differ in what happens without it.
    # kafka-python (3.0.12) stays at the record, and another poll never returns. confluent-kafka
    # (2.16.1) has passed it: another poll reads on, and an automatic commit covers it.
    @KEY-4 @twin
    Scenario Outline: A reader with the wrong deserializer stops at a record and can step over it
      Given a topic with 1 partition
      And record 1, bytes that are no text, and record 2 in it
      When a <client> consumer reads it as text
      Then it fails at offset 1, whose bytes are intact
      And it reads record 2 after stepping over offset 1

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
