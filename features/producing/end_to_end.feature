@producing
Feature: At least once, from one end to the other
  A producer that retries and a consumer that commits what it has processed lose nothing,
  whichever of producer, broker and consumer crashes. Records may be processed twice; how
  often, an application decides by how much it does between two commits.

  Documented: Design, "Message Delivery Semantics".

  Background:
    Given a topic with 1 partition

  Rule: Retries at one end and commits after processing at the other miss no record

    @RTY-5 @core @kills-brokers @network-faults
    Scenario Outline: Producer, consumer and broker crash, and no acknowledged record is missed
      Given a <client> producer that retries, and dies once record 30 of 60 is acknowledged
      And a <client> consumer that commits what it has processed, and dies at its third commit
      And the leader of partition 0 dies with the first batch of another producer on its way
      When they work until they die, and others like them do the rest, up to record 100
      Then the group has processed every acknowledged record
      And records 21 to 30 were processed twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without retries, and with commits before processing, records are lost and none is repeated

    @RTY-5 @core @twin @kills-brokers @network-faults
    Scenario Outline: The same crashes lose records where each is sent and processed at most once
      Given a <client> producer that does not retry, and dies once record 30 of 60 is acknowledged
      And a <client> consumer that commits what it will process, and dies at its third commit
      And the leader of partition 0 dies with the first batch of another producer on its way
      When they work until they die, and others like them do the rest, up to record 100
      Then no record was processed twice
      But the group never processes records 21 to 30 and 61

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
