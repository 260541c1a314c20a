@installation
Feature: A cluster that was installed well
  Before anything else can be promised, the brokers must know each other, keep copies of everything
  on each other, and tell clients addresses by which these reach them. A service manager brings a
  broker back that has died.

  Documented: Operations, "Basic Kafka Operations"; Broker Configs, "advertised.listeners" and
  "offsets.topic.replication.factor".

  Rule: Every broker knows all brokers, and all that is stored has three replicas

    @INS-1 @core
    Scenario: Three brokers share the leadership of a topic, and are all in sync
      Given a topic with 2 partitions that the controllers place
      Then every broker knows all brokers
      And its partitions have different leaders, and every replica is in sync

    @INS-1 @core
    Scenario: Offsets and transactions are kept three times, and two replicas must have them
      Given a group and a transaction that a coordinator knows
      Then the topics of their coordinators have 3 replicas in sync
      And less than 2 replicas in sync are too few for them

    # KRaft places replicas on stopped brokers. What ZooKeepers do has not been shown here.
    @INS-1 @twin @stops-brokers @since-3.3
    Scenario: A topic that is made while a broker is away lacks a replica
      Given broker 3 is stopped in good order
      And a topic with 2 partitions that the controllers place
      Then the other brokers know brokers 1 and 2 alone
      And a partition of the topic has a replica out of sync

  Rule: On each listener a broker names the addresses by which the others are reached there

    @INS-2 @core @mutual-tls
    Scenario Outline: A broker that is asked on <listener> names the addresses of that listener
      Then every broker that is asked on <listener> names the addresses of that listener

      Examples:
        | listener  |
        | plaintext |
        | TLS       |

    @INS-2 @twin @stops-brokers @sets-broker-config
    Scenario Outline: A broker that names a wrong address is met and never reached
      Given a topic with 1 partition
      And a broker 1 that names to clients an address where nobody is
      When a <client> producer that knows only broker 1 tries to send a record over TLS
      Then the record is not acknowledged, although broker 1 answers

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: The service manager brings a killed broker back

    @INS-3 @kills-brokers @runs-commands
    Scenario: A broker whose process is killed on its machine comes back by itself
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When the process of broker 1 is killed on its machine
      Then the service manager starts broker 1 again
      And every replica is in sync with it, and the log holds records 1 to 100

    @INS-3 @twin @kills-brokers @runs-commands
    Scenario: A service manager that was not told to leaves the broker dead
      Given the service manager of broker 1 is to start nothing again
      When the process of broker 1 is killed on its machine
      Then the service manager says that broker 1 has failed
