@replication
Feature: What consumers may see
  A consumer gets a record once it is committed, not once it is written: nothing above
  the high watermark is handed out. So nobody acts on a record that the death of one
  broker can still undo, unless too few replicas are asked for.

  Documented: Design, "Replication"; KIP-966 (a high watermark that needs the minimum of
  replicas in sync, from 3.7 on); Topic Configs, "min.insync.replicas".

  Background:
    Given a topic with 1 partition

  Rule: A record that not every replica in sync has is read by nobody

    # no twin for DUR-7: no setting lets a consumer read above the high watermark

    @DUR-7 @core @cuts-links @reads-segments
    Scenario Outline: <client> gets a record only when the followers have it
      Given a <client> producer with acks 1
      And followers that get no records from the leader
      When it sends record 1
      And a <client> consumer has fetched from the leader three times
      Then record 1 is in the leader's log alone, and the consumer has read nothing
      And the consumer reads record 1 once the network is well again

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: While fewer replicas are in sync than min.insync.replicas asks for, nothing new is read

    So it is from Kafka 3.7 on.

    @DUR-8 @cuts-links @reads-segments @since-3.7
    Scenario Outline: <client> gets no record of a leader that is alone in sync
      Given a <client> producer with acks 1
      And a leader that is alone in sync
      When it sends record 1
      And a <client> consumer has fetched from the leader three times
      Then record 1 is in the leader's log alone, and the consumer has read nothing
      And the consumer reads record 1 once the network is well again

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-8 @cuts-links @until-3.6
    Scenario Outline: Before that release <client> gets the record of a leader that is alone in sync
      Given a <client> producer with acks 1
      And a leader that is alone in sync
      When it sends record 1
      Then a <client> consumer reads record 1 while the leader is alone in sync

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @DUR-8 @twin @cuts-links
    Scenario Outline: With min.insync.replicas=1 <client> gets the record of such a leader at once
      Given a topic with 1 partition that takes one replica in sync for enough
      And a <client> producer with acks 1
      And a leader that is alone in sync
      When it sends record 1
      Then a <client> consumer reads record 1 while the leader is alone in sync

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
