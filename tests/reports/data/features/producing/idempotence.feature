@producing
Feature: A retried record is stored once
  An idempotent producer numbers its batches and the leader remembers the
  numbers, so a batch that is sent again because its acknowledgement was lost
  is acknowledged again but not stored again.

  Documented: Design, "Message Delivery Semantics".

  Background:
    Given a topic with 1 partition
    And a network that loses the first acknowledgement

  Rule: With idempotence, an acknowledged record is in the log exactly once

    @IDM-1
    Scenario Outline: The retry stores nothing
      Given an idempotent <client> producer
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      And the log holds records 1 to 100 exactly once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without idempotence, the retry is a second record

    @RTY-3 @twin
    Scenario: The same retry stores a duplicate
      Given a confluent-kafka producer that retries without idempotence
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      But the log holds a record twice

  Rule: A producer that was told its batch failed may be wrong

    A timeout says that no answer came, not that nothing was stored. What the
    delivery report says and what the log holds can differ.

    @RTY-5 @limit @proxy
    Scenario: A record reported as timed out is in the log
      Given an idempotent kafka-python producer with these settings
        | setting             | value |
        | delivery.timeout.ms | 3000  |
        | linger.ms           | 0     |
      And a network that holds every acknowledgement
      When it sends records 1 to 3
      Then each record is reported as timed out
      But the log holds records 1 to 3
