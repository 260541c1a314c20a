@installation
Feature: Machines that are provisioned again
  A playbook says what is to stand on the machines. Where that stands already it does nothing, and
  where something is missing or wrong it does that and no more, so it is the way to mend a machine.

  Documented: Operations, "KRaft" and "Hardware and OS"; the roles of cluster/ansible.

  Rule: Provisioning machines that are as they are to be changes nothing

    @INS-4 @provisions-machines
    Scenario: The playbook is run again and nothing changes
      When the machines are provisioned again
      Then nothing was changed on any machine
      And no broker was started again

    @INS-4 @twin @provisions-machines
    Scenario: A setting that was changed by hand on one machine is changed back there alone
      Given a setting of broker 2 that was changed by hand
      When the machines are provisioned again
      Then the settings of broker 2 are as they were, and it alone was started again

  Rule: A certificate that is issued anew is what the broker shows after provisioning

    # no twin for INS-5: the twin of SEC-6 shows what a certificate that nobody renews does
    @INS-5 @provisions-machines @mutual-tls
    Scenario: A broker gets a certificate issued anew
      Given a certificate of broker 2 that is issued anew
      When the machines are provisioned again
      Then broker 2 shows its new certificate, and it alone was started again

  Rule: A machine that boots again has its services again

    # no twin for INS-6: a service that is not enabled is not there, which says nothing of Kafka
    @INS-6 @provisions-machines @stops-brokers
    Scenario: A machine is shut down and started, and its broker is in sync again
      Given a topic with 1 partition
      And records 1 to 100 in partition 0
      When the machine of broker 2 is shut down and started again
      Then every replica is in sync with it, and the log holds records 1 to 100

  Rule: A broker whose disk is empty gets everything from the others

    @INS-7 @provisions-machines @stops-brokers
    Scenario: A broker is added back after its disk was wiped
      Given a topic with 3 partitions
      And records 1 to 100 in partition 0
      And broker 3 has lost its disk
      When the machines are provisioned again
      Then every replica is in sync with it, and the log holds records 1 to 100

    @INS-7 @twin @provisions-machines @stops-brokers @since-3.3
    Scenario: A broker without a formatted disk stays away, however often it is started
      Given broker 3 has lost its disk
      When the service manager has started broker 3 twice
      Then the other brokers know brokers 1 and 2 alone
