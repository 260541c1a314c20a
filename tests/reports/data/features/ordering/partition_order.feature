@ordering
Feature: Order within a partition
  Kafka orders records per partition, not per topic. Idempotence keeps a retried
  batch from landing behind a later one, so the order survives failures too.

  Documented: Introduction, "Main Concepts and Terminology".

  Background:
    Given a topic with 2 partitions

  Rule: A partition is read in the order in which it was written

    @ORD-1
    Scenario Outline: One producer's records keep their order
      Given an idempotent <client> producer
      When it sends records 1 to 1000 to partition 0
      Then a consumer reads records 1 to 1000 from partition 0 in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ORD-4 @kills-brokers
    Scenario: A new leader keeps the order
      Given an idempotent confluent-kafka producer
      And the leader of partition 0 dies once record 500 is acknowledged
      When it sends records 1 to 1000 to partition 0
      Then a consumer reads records 1 to 1000 from partition 0 in order

  Rule: Between partitions there is no order

    @ORD-2 @twin
    Scenario: A record sent later to another partition is read earlier
      Given a kafka-python producer
      When it sends record 1 to partition 0 and then record 2 to partition 1
      And a consumer reads partition 1 before partition 0
      Then record 2 is read before record 1
