@consuming
Feature: What a group reads again after a crash
  A group goes on from its last committed offset. When its consumer commits
  therefore decides what a crash can do: repeat records, or lose them.

  Documented: Design, "Message Delivery Semantics".

  Background:
    Given a topic with 1 partition
    And records 1 to 100 in it

  Rule: Committing after processing may repeat a record but never loses one

    @CMT-3
    Scenario: Records processed but not committed are delivered again
      Given a consumer that processes first and commits afterwards
      When it is killed with records 1 to 60 processed and 1 to 50 committed
      And another member of its group reads to the end
      Then every record is processed at least once
      And records 51 to 60 are processed twice

  Rule: Committing before processing may lose a record but never repeats one

    @CMT-4 @twin
    Scenario: Records committed but not processed are skipped
      Given a consumer that commits first and processes afterwards
      When it is killed with records 1 to 50 processed and 1 to 60 committed
      And another member of its group reads to the end
      Then no record is processed twice
      And records 51 to 60 are never processed
