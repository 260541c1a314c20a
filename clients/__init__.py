"""Who talks to Kafka: kafka-python and confluent-kafka behind one set of verbs, each client a process."""
