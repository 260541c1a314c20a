@security
Feature: Who may come to a broker
  A listener with mutual TLS answers nobody who cannot show a certificate of the authority that
  the brokers trust, and a client talks to no broker whose certificate does not bear the name it
  asked for. The brokers' own listener has no such lock. It is out of the clients' reach.

  Documented: Security, "Encryption and Authentication using SSL"; Broker Configs,
  "ssl.client.auth" and "ssl.endpoint.identification.algorithm"; KIP-226.

  Background:
    Given a topic with 1 partition

  Rule: The TLS listener answers only clients whose certificate its authority has signed

    @SEC-1 @core @mutual-tls
    Scenario Outline: A client with a certificate of the authority is served
      Given a <client> producer that comes over TLS with a certificate of the authority
      When it sends records 1 to 10
      Then records 1 to 10 are acknowledged
      And the log holds records 1 to 10 exactly once and in order

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SEC-1 @core @mutual-tls
    Scenario Outline: A client with <certificate> is not
      When a <client> producer that comes over TLS with <certificate> tries to send a record
      Then the record is not acknowledged, for no broker answers such a client

      Examples:
        | client          | certificate                        |
        | kafka-python    | no certificate                     |
        | kafka-python    | a certificate of another authority |
        | kafka-python    | an expired certificate             |
        | confluent-kafka | no certificate                     |
        | confluent-kafka | a certificate of another authority |
        | confluent-kafka | an expired certificate             |

  Rule: A listener that asks for no certificate answers anybody

    @SEC-1 @twin @mutual-tls @stops-brokers @sets-broker-config
    Scenario Outline: Where none is asked for, a client without a certificate is served
      Given brokers whose TLS listener asks for no certificate
      And a <client> producer that comes over TLS with no certificate
      When it sends records 1 to 10
      Then records 1 to 10 are acknowledged

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A client talks to no broker whose certificate bears another name

    @SEC-1 @mutual-tls @stops-brokers @sets-broker-config
    Scenario Outline: A broker with another's certificate gets no record
      Given a broker 1 whose certificate bears another name
      When a <client> producer that knows only broker 1 tries to send a record over TLS
      Then the record is not acknowledged, for the client refuses broker 1

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SEC-1 @twin @mutual-tls @stops-brokers @sets-broker-config
    Scenario Outline: A client that checks no names gives its records to anybody
      Given a broker 1 whose certificate bears another name
      And a <client> producer that knows only broker 1 and checks no names
      When it sends records 1 to 10
      Then records 1 to 10 are acknowledged

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: A running broker gets a new certificate, and those who are connected do not notice

    @SEC-6 @mutual-tls @sets-broker-config
    Scenario Outline: Every broker gets a new certificate while a producer sends
      Given a <client> producer that comes over TLS with a certificate of the authority
      When it sends records 1 to 100
      And every broker gets a new certificate
      And it sends records 101 to 200
      Then the log holds records 1 to 200 exactly once and in order
      And no broker was started again

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @SEC-6 @twin @mutual-tls @sets-broker-config
    Scenario Outline: With an expired certificate a broker keeps its clients and gets no new ones
      Given a <client> producer that comes over TLS with a certificate of the authority
      When it sends records 1 to 100
      And every broker's certificate is replaced by an expired one
      And it sends records 101 to 200
      Then records 1 to 200 are acknowledged
      But a <client> producer that comes now gets no record to them

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: The brokers' own listener is not reached from the network of the clients

    @SEC-5 @runs-commands
    Scenario: Over the public network a broker answers on its TLS listener alone
      When broker 3's machine comes to broker 1 over the public network alone
      Then it reaches the TLS listener, and no plaintext listener by any address

    @SEC-5 @twin @runs-commands @disturbs-brokers
    Scenario: A machine without rules answers for its private address on the public network too
      Given broker 1's machine has no rules for the ports of its private network
      When broker 3's machine comes to broker 1 over the public network alone
      Then it reaches the plaintext listener by the address of the private network
