@producing
Feature: What a producer does when a request fails
  A producer sends again by itself what a broker could not take, until the delivery
  timeout. Where retries are switched off, a change of leader can be an error of the
  application; where they are on, a failure reported late says little about the log.

  Documented: Producer Configs, "retries" and "delivery.timeout.ms"; KIP-91;
  Protocol Guide, "Error Codes".

  Background:
    Given a topic with 1 partition

  Rule: A failure that can heal is retried without the application noticing

    @RTY-1 @core @network-faults
    Scenario Outline: <failure> is retried until the records are acknowledged
      Given a <client> producer with its default settings
      And a leader that refuses its first batch with <failure>
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged

      Examples:
        | client          | failure                 |
        | kafka-python    | NOT_LEADER_OR_FOLLOWER  |
        | kafka-python    | NOT_ENOUGH_REPLICAS     |
        | kafka-python    | REQUEST_TIMED_OUT       |
        | confluent-kafka | NOT_LEADER_OR_FOLLOWER  |
        | confluent-kafka | NOT_ENOUGH_REPLICAS     |
        | confluent-kafka | REQUEST_TIMED_OUT       |

    @RTY-1 @core @kills-brokers @network-faults
    Scenario Outline: The death of the leader is retried until the next one acknowledges
      Given a <client> producer with its default settings
      And the leader of partition 0 dies with the first batch on its way
      When it sends records 1 to 100
      Then records 1 to 100 are acknowledged
      And every record from 1 to 100 is in the log

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RTY-1 @core @twin @network-faults
    Scenario Outline: Without retries <failure> reaches the application
      Given a <client> producer without retries
      And a leader that refuses its first batch with <failure>
      When it sends record 1
      Then record 1 is refused with <failure>
      And the log holds 0 records

      Examples:
        | client          | failure                |
        | kafka-python    | NOT_LEADER_OR_FOLLOWER |
        | kafka-python    | NOT_ENOUGH_REPLICAS    |
        | confluent-kafka | NOT_ENOUGH_REPLICAS    |
        | confluent-kafka | REQUEST_TIMED_OUT      |

    @RTY-1 @network-faults
    Scenario: confluent-kafka retries NOT_LEADER_OR_FOLLOWER even where retries are 0
      Given a confluent-kafka producer without retries
      And a leader that refuses its first batch with NOT_LEADER_OR_FOLLOWER
      When it sends record 1
      Then record 1 is acknowledged

    @RTY-1 @core @twin @kills-brokers @network-faults
    Scenario Outline: Without retries the death of the leader reaches the application
      Given a <client> producer without retries
      And the leader of partition 0 dies with the first batch on its way
      When it sends record 1
      Then record 1 is reported with an error of the connection
      And the log holds 0 records

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Every send ends within the delivery timeout, and a late failure may be in the log

    @RTY-2 @network-faults
    Scenario Outline: Records whose acknowledgements never come are reported as failed in time
      Given a <client> producer without idempotence, delivery timeout 2 s
      And a network that loses every acknowledgement
      When it sends records 1 to 10
      Then each of records 1 to 10 has failed within 2 seconds
      But every record from 1 to 10 is in the log

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @RTY-2 @twin @network-faults
    Scenario Outline: An application that takes a late failure for "not written" stores duplicates
      Given a <client> producer without idempotence, delivery timeout 2 s
      And a network that loses every acknowledgement
      When it sends record 1
      And the network is well again and the application sends record 1 once more
      Then the log holds a record twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A kafka-python producer that is idempotent does not outlive its first late failure

    It gives up its producer id when a record that was retried has timed out, and never
    gets another one: what it is given afterwards is neither sent nor failed. As
    idempotence is its default, so is this. No public report of it was found. An
    application has to close the producer after a timeout and open another one.

    @RTY-2 @limit @network-faults
    Scenario: After a late failure kafka-python neither sends nor fails the next record
      Given an idempotent kafka-python producer, delivery timeout 2 s, request timeout 1 s
      And a network that loses every acknowledgement
      When it sends record 1
      And the network is well again and it is given record 2
      Then record 2 has neither been acknowledged nor failed after 2 delivery timeouts

    @RTY-2 @network-faults
    Scenario: A new kafka-python producer sends what the old one cannot
      Given an idempotent kafka-python producer, delivery timeout 2 s, request timeout 1 s
      And a network that loses every acknowledgement
      When it sends record 1
      And the network is well again and a new idempotent kafka-python producer sends record 2
      Then record 2 is acknowledged

  Rule: A failure that cannot heal has one code in every client and is not retried

    @RTY-4 @network-faults
    Scenario Outline: A record that <flaw> is refused once and for all
      Given a <client> producer with its default settings
      And a topic that takes no record that <flaw>
      And a network in which every batch that is sent is counted
      When it sends a record that <flaw>
      Then record 1 is refused with <error>, and the log holds 0 records
      And it has been sent once

      Examples:
        | client          | flaw              | error             |
        | kafka-python    | is over 1,000 bytes | MESSAGE_TOO_LARGE |
        | kafka-python    | has no key        | INVALID_RECORD    |
        | confluent-kafka | is over 1,000 bytes | MESSAGE_TOO_LARGE |
        | confluent-kafka | has no key        | INVALID_RECORD    |

    @RTY-4 @twin @network-faults
    Scenario Outline: A failure that can heal is sent again, and the wire shows it
      Given a <client> producer with its default settings
      And a network in which every batch that is sent is counted
      And a leader that refuses its first batch with NOT_ENOUGH_REPLICAS
      When it sends record 1
      Then record 1 is acknowledged
      But it has been sent twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
