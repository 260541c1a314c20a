@consuming
Feature: Where a group goes on
  A group's committed offset is the next one that it will read. When a consumer
  commits, before it has processed a record or afterwards, therefore decides what a
  crash does: lose records for the group, or repeat them.

  Documented: Design, "Message Delivery Semantics"; Consumer Configs, "enable.auto.commit";
  Implementation, "Consumer Offset Tracking"; KIP-211.

  Background:
    Given a topic with 1 partition
    And records 1 to 100 in partition 0

  Rule: A committed offset is the next one to be read

    @CMT-1 @core
    Scenario Outline: A consumer that starts again goes on right behind what it has committed
      Given a <client> consumer that processes records and then commits them, 10 at a time
      When it processes records 1 to 50 and ends
      And it starts again and processes the rest
      Then records 1 to 100 are each processed once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-1 @core @twin
    Scenario Outline: A consumer that commits the offset of its last record meets that record again
      Given a <client> consumer that processes records and commits the last offset, 10 at a time
      When it processes records 1 to 50 and ends
      And it starts again and processes the rest
      Then record 50 is processed twice and no other

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

    @CMT-2 @CMT-1 @core @twin
    Scenario Outline: A consumer that commits nothing begins again where its reset policy says
      Given a <client> consumer that processes records and commits nothing, 10 at a time
      When it processes records 1 to 50 and ends
      And it starts again and processes the rest
      Then records 1 to 50 are processed twice and no other

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Who commits what is processed repeats at most a batch in a crash, and loses nothing

    @CMT-3 @core
    Scenario Outline: Killed with records 1 to <n> processed and 50 committed it repeats 51 to <n>
      Given a <client> consumer that processes records and then commits them, 10 at a time
      When it is killed with records 1 to <n> processed and 1 to 50 committed
      And it starts again and processes the rest
      Then every record from 1 to 100 is processed
      And records 51 to <n> are processed twice and no other

      Examples:
        | client          | n  |
        | kafka-python    | 55 |
        | kafka-python    | 60 |
        | confluent-kafka | 55 |
        | confluent-kafka | 60 |

    @CMT-3 @core
    Scenario Outline: Killed with all committed that it has processed it repeats nothing
      Given a <client> consumer that processes records and then commits them, 10 at a time
      When it is killed with records 1 to 60 processed and 1 to 60 committed
      And it starts again and processes the rest
      Then records 1 to 100 are each processed once

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Who commits first loses up to a batch in the same crash, and repeats nothing

    @CMT-4 @CMT-3 @core @twin
    Scenario Outline: Records committed and not processed are lost for the group
      Given a <client> consumer that commits records and then processes them, 10 at a time
      When it is killed with records 1 to 50 processed and 1 to 60 committed
      And it starts again and processes the rest
      Then records 51 to 60 are never processed
      And no record is processed twice

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
