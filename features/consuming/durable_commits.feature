@consuming
Feature: What a commit survives
  A commit is a record in a topic of its own, which the group's coordinator leads and
  two other brokers follow. It is acknowledged once every replica in sync has it, so it
  is as safe as any record, and by the same settings.

  Documented: Implementation, "Consumer Offset Tracking"; Broker Configs,
  "offsets.topic.replication.factor", "offsets.commit.timeout.ms" and "min.insync.replicas".

  Background:
    Given a topic with 1 partition

  Rule: An acknowledged commit survives the death of its coordinator and that of all brokers

    It is asked for as a consumer of committed records asks. Any other may be told an
    older one for a moment (see GRP-6 in membership_limits.feature). A coordinator of
    Kafka 4.4.0 that hears of its followers in the very moment in which it loads its groups
    was once seen to let such a consumer wait until another group committed, so one does.

    @CMT-6 @core @kills-brokers
    Scenario Outline: The commit of a <client> consumer survives the death of its coordinator
      Given a <client> consumer whose group has committed offset 50
      When its coordinator dies
      Then a new <client> consumer that reads committed records is told offset 50

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-6 @core @kills-brokers
    Scenario: A commit survives the death of all brokers
      Given a kafka-python consumer whose group has committed offset 50
      When all brokers die and start again
      Then a new kafka-python consumer that reads committed records is told offset 50
      And a new confluent-kafka consumer that reads committed records is told offset 50

  Rule: A commit that too few replicas have is not acknowledged, and its end is open

    The coordinator of Kafka 4 writes it and then waits for the others, at most for
    offsets.commit.timeout.ms. Then it answers with an error and keeps what it has written.
    No application hears of that: both clients ask again.

    @CMT-6 @core @cuts-links
    Scenario Outline: A coordinator that is alone in sync does not acknowledge a <client> commit
      Given a <client> consumer whose group has committed offset 10
      And a coordinator that is alone in sync
      When it commits offset 50
      Then the commit is refused with COORDINATOR_NOT_AVAILABLE, and offset 10 stays committed
      And the same commit is acknowledged once the followers are in sync again

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-6 @cuts-links @since-4.0
    Scenario: A commit that was never acknowledged is found committed later
      Given a confluent-kafka consumer whose group has committed offset 10
      And a coordinator that is alone in sync
      When it commits offset 50
      Then the commit is refused with COORDINATOR_NOT_AVAILABLE, and offset 10 stays committed
      But offset 50 is committed once the consumer is dead and the followers are in sync again

  Rule: Where one replica is enough an acknowledged commit is no more than the coordinator's word

    @CMT-6 @core @twin @kills-brokers @cuts-links
    Scenario Outline: With min.insync.replicas=1 an acknowledged <client> commit is lost
      Given a <client> consumer whose group has committed offset 10
      And an offsets topic that takes one replica in sync for enough
      And a coordinator that is alone in sync
      When it commits offset 50
      And the coordinator dies and an administrator has one take over that was not in sync
      Then that commit is lost: with all brokers back offset 10 is committed

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A confluent-kafka consumer whose coordinator has moved may read nothing

    A consumer that goes on where its group stands asks the coordinator first. If another
    broker has become that meanwhile, as in a rolling restart, the former one answers
    NOT_COORDINATOR. So does one that is new and has to wait for its followers longer than
    5 seconds. librdkafka 2.16 hands the error to the application, looks for the coordinator,
    and does not ask it: the partition is not read, however long the application polls.
    That is librdkafka issue 5586, which is open. Given the partition again the consumer
    reads it. kafka-python asks the new coordinator by itself.

    @CMT-6 @core @limit @network-faults @disturbs-brokers
    Scenario: A confluent-kafka consumer that has asked a former coordinator reads nothing
      Given records 1 to 100 in partition 0
      And a confluent-kafka consumer whose group has committed offset 10
      When another broker comes to coordinate its group
      And it is given the partition, to go on where its group stands
      Then it hears NOT_COORDINATOR and reads nothing, though another one reads 90 records
      But once it is given the partition again it reads records 11 to 100

    @CMT-6 @core @network-faults @disturbs-brokers
    Scenario: A kafka-python consumer that has asked a former coordinator asks the new one
      Given records 1 to 100 in partition 0
      And a kafka-python consumer whose group has committed offset 10
      When another broker comes to coordinate its group
      And it is given the partition, to go on where its group stands
      Then it asks the new coordinator too, and reads records 11 to 100
