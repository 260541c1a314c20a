"""Who talks to Kafka: kafka-python and confluent-kafka behind one set of verbs, each client a process."""

from clients.admin import Admin
from clients.handles import Client, Gate
from clients.pool import ClientPool
from clients.problems import ClientDied, ClientError, KafkaProblem, NotInTime
from clients.results import Delivery, GateNews, GroupMetadata, PartitionState, Read, SendReport
from clients.settings import (
    CONFLUENT,
    KAFKA_PYTHON,
    LIBRARIES,
    MalformedSetting,
    SettingError,
    UnknownSetting,
    UnsupportedSetting,
    check_overlay,
)
from clients.verbs import Consumer, Producer, SendHandle

__all__ = [
    "CONFLUENT",
    "KAFKA_PYTHON",
    "LIBRARIES",
    "Admin",
    "Client",
    "ClientDied",
    "ClientError",
    "ClientPool",
    "Consumer",
    "Delivery",
    "Gate",
    "GateNews",
    "GroupMetadata",
    "KafkaProblem",
    "MalformedSetting",
    "NotInTime",
    "PartitionState",
    "Producer",
    "Read",
    "SendHandle",
    "SendReport",
    "SettingError",
    "UnknownSetting",
    "UnsupportedSetting",
    "check_overlay",
]
