@replication
Feature: What survives when a broker dies
  A record is committed once every replica in sync has it, and a committed record
  outlives any broker as long as one of those replicas lives. What a producer is
  told with fewer acknowledgements, or with fewer replicas in sync, is worth less.

  Documented: Design, "Replication" and "Availability and Durability Guarantees";
  Producer Configs, "acks"; Topic Configs, "min.insync.replicas".

  Background:
    Given a topic with 1 partition

  Rule: With acks=all the death of any one broker loses no acknowledged record

    @DUR-1 @core @kills-brokers
    Scenario Outline: Each broker dies in turn under a <client> producer
      Given an idempotent <client> producer
      And each broker in turn dies and starts again, at records 100, 200 and 300
      When it sends records 1 to 400 to partition 0, at most 10 ahead of the acknowledgements
      Then records 1 to 400 are acknowledged
      And the log holds records 1 to 400 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-1 @DUR-2 @core @kills-brokers @cuts-links
    Scenario Outline: A record that died with its leader is acknowledged by the next one
      Given an idempotent <client> producer
      And followers that get no records from the leader
      And the leader dies once it alone has stored record 1
      When it sends record 1
      Then record 1 is acknowledged
      And the log holds record 1 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-2 @DUR-1 @core @twin @kills-brokers @cuts-links
    Scenario Outline: With acks=1 the same record is acknowledged and dies with its leader
      Given a <client> producer with acks 1
      And followers that get no records from the leader
      And the leader dies once record 1 is acknowledged
      When it sends record 1
      Then record 1 is acknowledged
      But record 1 is lost

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Only an acknowledgement says that a record was received

    @DUR-3 @network-faults
    Scenario Outline: With acks=all a record that never arrives is reported as failed
      Given a <client> producer without idempotence, delivery timeout 2 s
      And a network that loses every batch
      When it sends records 1 to 10
      Then each of records 1 to 10 has failed within 2 seconds
      And the log holds 0 records

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-3 @twin @network-faults
    Scenario Outline: With acks=0 records that never arrive are reported as sent
      Given a <client> producer with acks 0
      And a network that loses every batch
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      But records 1 to 100 are lost

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: With acks=0 no offset is reported, for no broker has given one

    kafka-python 3.0.12 documents an offset of -1 for acks=0 and reports the record's place
    in its batch instead. No public report of that was found.

    @DUR-3
    Scenario: With acks=0 confluent-kafka reports no offset
      Given a confluent-kafka producer with acks 0
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      And none of records 1 to 100 is reported with an offset

    @DUR-3 @limit @network-faults
    Scenario: With acks=0 kafka-python reports offsets that no broker has given
      Given a kafka-python producer with acks 0
      And a network that loses every batch
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      But each of records 1 to 100 is reported with an offset, and the log holds 0 records

  Rule: Below min.insync.replicas a write with acks=all is refused and stores nothing

    @DUR-5 @DUR-4 @core @cuts-links
    Scenario Outline: A leader that is alone in sync refuses a <client> producer
      Given a <client> producer without retries
      And a leader that is alone in sync
      When it sends record 1
      Then record 1 is refused with NOT_ENOUGH_REPLICAS, and the log holds 0 records

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-5 @core @twin @cuts-links
    Scenario Outline: With acks=1 the same leader takes the record
      Given a <client> producer with acks 1
      And a leader that is alone in sync
      When it sends record 1
      Then record 1 is acknowledged
      And the log holds record 1 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-4 @DUR-5 @twin @kills-brokers @cuts-links
    Scenario Outline: With min.insync.replicas=1 acks=all is no more than the leader's word
      Given a topic with 1 partition that takes one replica in sync for enough
      And an idempotent <client> producer
      And a leader that is alone in sync
      When it sends record 1
      And the leader dies and an administrator has a replica lead that is not in sync
      Then record 1 was acknowledged and is lost

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: An error after the append leaves it open whether the record is in the log

    Replicas in sync that do not fetch the record in time end it in REQUEST_TIMED_OUT. Where they
    leave meanwhile, and too few are left, the documentation names NOT_ENOUGH_REPLICAS_AFTER_APPEND.
    From 3.7 on the time runs out there too: the high watermark may not pass without them.

    @DUR-6 @cuts-links
    Scenario Outline: A record that was reported as failed is in the log after all
      Given a <client> producer without retries, request timeout 1 s
      And followers that get no records from the leader
      When it sends record 1
      Then record 1 is reported with an error that leaves its end open
      But every record from 1 to 1 is in the log

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-6 @DUR-8 @since-3.7 @sets-broker-config @kills-brokers @cuts-links
    Scenario: A record whose leader is left alone with it runs out of time and is in the log
      Given a leader with replica.lag.time.max.ms 1500
      And a confluent-kafka producer without retries, request timeout 8 s
      And followers that get no records from the leader
      When it sends record 1
      Then the time of record 1 has run out, and its leader is alone in sync
      But every record from 1 to 1 is in the log

    @DUR-6 @twin @cuts-links
    Scenario Outline: An application that takes this error for "not written" stores the record twice
      Given a <client> producer without retries, request timeout 1 s
      And followers that get no records from the leader
      When it sends record 1
      And the network is well again and the application sends record 1 once more
      Then the log holds a record twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
