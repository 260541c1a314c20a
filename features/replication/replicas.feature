@replication
Feature: How replicas leave, come back and become equal
  Kafka does not flush each record to disk: a record is safe because other brokers
  have it. A replica that lags or has lost the end of its log leaves the replicas in
  sync, copies what it lacks from the leader, and is counted again once it has it.

  Documented: Design, "Replication" and "Replicated Logs"; Implementation, "Log";
  Broker Configs, "replica.lag.time.max.ms".

  Background:
    Given a topic with 1 partition

  Rule: A follower that lags for replica.lag.time.max.ms leaves the replicas in sync

    @DUR-9 @sets-broker-config @kills-brokers @cuts-links
    Scenario: A write with acks=all goes on without the follower that lags, which then comes back
      Given a leader with replica.lag.time.max.ms 6000
      And an idempotent confluent-kafka producer
      And one follower that gets no records from the leader
      When it sends record 1
      Then record 1 is acknowledged once that follower is out of sync
      And that follower is in sync again once the network is well again

    @DUR-9 @twin @cuts-links
    Scenario Outline: With the default of 30 s one slow follower holds up every write of <client>
      Given a <client> producer without idempotence, delivery timeout 2 s
      And one follower that gets no records from the leader
      When it sends record 1
      Then each of records 1 to 1 has failed within 2 seconds
      But that follower still counts as in sync

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A replica that lost what was not flushed gets it back before it counts as in sync

    @DUR-10 @kills-brokers @damages-disks @reads-segments
    Scenario Outline: A follower dies, <damage>, and is whole again
      Given records 1 to 100 in it, written by confluent-kafka
      When a follower dies and <damage>
      And what died starts again
      Then every replica holds records 1 to 100
      And the log holds records 1 to 100 exactly once and in order

      Examples:
        | damage                                   |
        | the end of its log is cut off            |
        | bytes in the middle of its log are wrong |
        | its log is gone                          |

    @DUR-10 @twin @kills-brokers @damages-disks
    Scenario: The same damage on every replica loses acknowledged records
      Given records 1 to 100 in it, written by confluent-kafka
      When every broker dies and the end of its log is cut off
      And what died starts again
      Then record 100 is lost
