@consuming
Feature: What auto commit commits
  With auto commit the client library commits now and then what the application has
  been handed. That is as good as what the application has done with the records by
  then, and the two libraries do not mean the same by it.

  Documented: Consumer Configs, "enable.auto.commit" and "auto.commit.interval.ms";
  KafkaConsumer, "Automatic Offset Committing"; librdkafka, "enable.auto.offset.store".

  Background:
    Given a topic with 1 partition
    And records 1 to 100 in partition 0

  Rule: Who is done with each record before its commit repeats some in a crash and loses none

    kafka-python commits when it is polled or closed, and no further than the polls before:
    whoever finishes them first is safe. confluent-kafka commits in the background what is
    stored, so the application has to store each offset itself, and late.

    @CMT-5 @network-faults
    Scenario: A kafka-python consumer that dies with auto commit repeats what was not committed
      Given a kafka-python consumer with auto commit that processes what it polls, 10 at a time
      When records 45 and 55 each take it longer than its commit interval, and it dies in the latter
      And it starts again and processes the rest
      Then every record from 1 to 100 is processed
      And records 51 to 54 are processed twice and no other

    @CMT-5 @network-faults
    Scenario: A confluent-kafka consumer that stores what it has done repeats what was not committed
      Given a confluent-kafka consumer with auto commit that stores what it has done, 10 at a time
      When records 45 and 55 each take it longer than its commit interval, and it dies in the latter
      And it starts again and processes the rest
      Then every record from 1 to 100 is processed
      And records 51 to 54 are processed twice and no other

  Rule: Who lets a record be committed before it is done loses it in the same crash

    confluent-kafka stores the offset of a record as it hands it out, unless
    enable.auto.offset.store is false, and then commits it while it is being processed.
    With kafka-python an application does the same to itself that polls on too soon.

    @CMT-5 @twin @network-faults
    Scenario: By default confluent-kafka commits the record in hand, and it is lost for the group
      Given a confluent-kafka consumer with auto commit that processes what it polls, 10 at a time
      When records 45 and 55 each take it longer than its commit interval, and it dies in the latter
      And it starts again and processes the rest
      Then records 55 to 60 are never processed
      And no record is processed twice

    @CMT-5 @twin @network-faults
    Scenario: A kafka-python consumer that polls on too soon loses what it had in hand
      Given a kafka-python consumer with auto commit that polls on before it processes, 10 at a time
      When records 45 and 55 each take it longer than its commit interval, and it dies in the latter
      And it starts again and processes the rest
      Then records 55 to 60 are never processed
      And no record is processed twice
