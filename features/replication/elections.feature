@replication
Feature: Who leads a partition
  One replica of a partition leads, the others follow. Reads and writes go to the leader, so
  what an election chooses, and how soon, is how available a partition is and what it keeps.

  Documented: Design, "Replication", "Replicated Logs: Quorums, ISRs, and State Machines" and
  "Unclean leader election: What if they all die?"; Operations, "Balancing leadership",
  "Graceful shutdown" and "Eligible Leader Replicas"; Broker Configs,
  "broker.session.timeout.ms"; KIP-460 and KIP-966.

  Rule: When a leader dies, a replica in sync leads once the session timeout has passed

    @ELE-1 @core @kills-brokers
    Scenario Outline: A <client> producer and consumer go on by themselves with the next leader
      Given a topic with 1 partition
      And an idempotent <client> producer, that has written record 1
      And a <client> consumer that has read it
      When the leader of partition 0 dies and it sends records 2 to 10
      Then a replica in sync leads, in the next epoch, and has acknowledged record 2 in time
      And the consumer goes on with records 2 to 10

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    # Kafka 4.4 reads its metadata twice for one answer. If it learns in between that the leader is
    # dead, the answer names the leader and does not list it. Here each answer is made so, until
    # another broker leads.

    @ELE-1 @limit @since-3.3 @kills-brokers @network-faults
    Scenario: A kafka-python producer told of a leader that is not listed sends nothing any more
      Given a topic with 1 partition
      And an idempotent kafka-python producer, delivery timeout 2 s, that has written record 1
      And answers that name the leader of partition 0 and do not list it
      When the leader of partition 0 dies and it is given records 2 to 10
      Then record 2 has neither been acknowledged nor failed after 2 delivery timeouts
      And another broker leads partition 0, of which the producer has not asked

    @ELE-1 @since-3.3 @kills-brokers @network-faults
    Scenario: A confluent-kafka producer told of a leader that is not listed asks again
      Given a topic with 1 partition
      And an idempotent confluent-kafka producer, that has written record 1
      And answers that name the leader of partition 0 and do not list it
      When the leader of partition 0 dies and it sends records 2 to 10
      Then a replica in sync leads, in the next epoch, and has acknowledged record 2 in time

    @ELE-1 @core @twin @kills-brokers
    Scenario Outline: With one replica nobody takes over from a dead leader and <client> fails
      Given a topic with 1 partition of one replica
      And an idempotent <client> producer, delivery timeout 5 s, that has written record 1
      When the leader of partition 0 dies for good and it sends record 2
      Then nobody leads partition 0, and record 2 has failed

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A broker that is stopped in good order hands its partitions over first

    @ELE-5 @stops-brokers
    Scenario Outline: The leader is stopped and a <client> producer hardly pauses
      Given a topic with 1 partition
      And an idempotent <client> producer that sends one record after the other
      When the leader of partition 0 stops in good order
      Then another broker led partition 0 before that process had ended
      And every record is acknowledged, without a pause as long as the session timeout
      And the log holds every record exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ELE-5 @twin @kills-brokers
    Scenario Outline: The leader is killed and a <client> producer pauses until that is noticed
      Given a topic with 1 partition
      And an idempotent <client> producer that sends one record after the other
      When the leader of partition 0 dies
      Then every record is acknowledged, after a pause in which the silence is noticed

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A partition without a replica in sync has no leader, and comes back whole with one

    @ELE-2 @kills-brokers @cuts-links
    Scenario Outline: The last replica in sync dies and nobody who lacks a record leads
      Given a topic with 1 partition that takes one replica in sync for enough
      And records 1 to 10 in it, written by <client>
      When <client> writes record 11 to a leader whose followers lag, and the leader dies
      Then nobody leads although the followers live, and <client> is given record 12
      And record 12 is acknowledged once the old leader is back
      And the log holds records 1 to 12 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ELE-3 @ELE-2 @twin @kills-brokers @cuts-links
    Scenario Outline: An unclean election loses an acknowledged record and uses its offset again
      Given a topic with 1 partition that allows unclean leader election
      And records 1 to 10 in it, written by <client>
      When <client> writes record 11 to a leader whose followers lag, and the leader dies
      And <client> writes record 12 to the next leader
      Then record 11, which was acknowledged, is lost, and record 12 has its offset

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Leadership returns to the first replica, on request or by itself

    @ELE-4 @kills-brokers
    Scenario Outline: A <client> admin client asks for preferred leaders while records are written
      Given a topic with 1 partition
      And an idempotent <client> producer that sends one record after the other
      And the leader of partition 0 has died and is back, and another one leads
      When a <client> admin client asks for preferred leaders
      Then the first replica leads again
      And the log holds every record exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @ELE-4 @kills-brokers @kills-controllers @sets-broker-config @since-3.3
    Scenario: Controllers that look every second make the first replica lead again
      Given controllers that look for preferred leaders every second
      And a topic with 1 partition
      And idempotent producers of both clients that send one record after the other
      When the leader of partition 0 dies and is back in sync
      Then the first replica leads again
      And the log holds every record exactly once and in order

    @ELE-4 @twin @kills-brokers @cuts-links
    Scenario: Controllers that do not look leave the partition to the replica that took over
      Given a topic with 1 partition
      And the leader of partition 0 has died and is back, and another one leads
      When the controllers take another broker for dead, which takes them longer than a second
      Then partition 0 is still led by the replica that took over

  Rule: A replica out of sync that is known to hold every committed record may lead

    Known are those that left while too few others were in sync. One that was killed is taken off
    the list when it starts again, for it may have lost what it had not flushed.

    @ELE-6 @stops-brokers @kills-brokers @since-4.1
    Scenario: An eligible replica leads alone and no acknowledged record is lost
      Given a topic with 1 partition
      And broker 3 is stopped in good order
      And records 1 to 10 in partition 0
      When the last follower in sync stops in good order, the leader dies, and the former is back
      Then the follower leads although it was not in sync, and alone
      And the log holds records 1 to 10 exactly once and in order

    @ELE-6 @twin @stops-brokers @kills-brokers @since-4.1
    Scenario: A replica that was killed is not eligible, and the partition stays offline
      Given a topic with 1 partition
      And broker 3 is stopped in good order
      When the last follower in sync dies, the leader dies, and the former is back
      Then the follower is back and nobody leads
      But the old leader leads once it is back

  Rule: Kafka never makes a replica on another broker by itself

    It is sometimes written that the cluster replaces the replicas of a dead broker. It does
    not: a partition is short of a replica until the broker is back or somebody reassigns it.

    # no twin for ELE-7: no setting makes Kafka do it; an admin has to reassign the partition

    @ELE-7 @kills-brokers
    Scenario: A broker dies for good and no other one gets its replicas
      Given a topic with 1 partition of two replicas
      And records 1 to 10 in it, written by confluent-kafka
      When the leader of partition 0 dies for good and the controllers place three new topics
      Then the partition has the replicas that it had, one of them in sync
      And the log holds records 1 to 10 exactly once
