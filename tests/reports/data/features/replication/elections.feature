@replication
Feature: A committed record survives its leader
  A record is committed once every in-sync replica has it. Only an in-sync
  replica may lead, so a committed record outlives any leader, as long as one
  in-sync replica is left. Known trouble: KAFKA-19012.

  Documented: Design, "Replication", and "Unclean leader election".

  Rule: An acknowledged record survives the loss of its leader

    @DUR-1 @kills-brokers
    Scenario Outline: Every acknowledged record is read after the leader died
      Given a topic with 1 partition, 3 replicas and <in-sync> in-sync replicas required
      And a <client> producer that waits for all replicas
      And the leader dies once record 500 is acknowledged
      When it sends records 1 to 1000
      Then no acknowledged record is lost

      Examples:
        | client          | in-sync |
        | kafka-python    | 2       |
        | kafka-python    | 1       |
        | confluent-kafka | 2       |
        | confluent-kafka | 1       |

  Rule: A record that only the leader acknowledged can be lost with it

    @DUR-2 @twin @kills-brokers
    Scenario: A record acknowledged by the leader alone is gone
      Given a kafka-python producer that waits for the leader alone
      And the followers do not fetch from record 500 on
      When the leader dies once record 600 is acknowledged
      Then acknowledged records are lost

  Rule: A replica that fell behind does not become leader

    @ELE-2 @stops-brokers @log-segments
    Scenario: The partition stays offline until its last leader returns
      Given a topic whose only in-sync replica is its leader
      When the leader is stopped
      Then the partition has no leader
      And every acknowledged record is read once the leader has returned
