"""Kafka's property names, translated for both libraries.

A scenario always speaks Kafka's own names (those of the Java client's documentation).  What it does
not name stays at the library's own default, for the defaults are part of what is proven.  The table
stands in :mod:`clients.settings_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from clients.settings_table import SETTINGS, Setting

KAFKA_PYTHON, CONFLUENT = "kafka-python", "confluent-kafka"
LIBRARIES = (KAFKA_PYTHON, CONFLUENT)
KINDS = ("producer", "consumer", "admin")


class SettingError(ValueError):
    """A setting that cannot be used as it stands. A scenario with it is wrong, not red."""


class UnknownSetting(SettingError):
    """A name that Kafka's client of this kind does not have."""


class MalformedSetting(SettingError):
    """A value that the setting cannot take."""


class UnsupportedSetting(SettingError):
    """A setting of Kafka that one library lacks."""


def check_library(library: str) -> str:
    """The library's name, or ValueError that names the known ones."""
    if library not in LIBRARIES:
        raise ValueError(f"no client library {library!r}; known: {', '.join(LIBRARIES)}")
    return library


def check_overlay(overlay: Mapping[str, str] | Iterable[str], kind: str) -> None:
    """Raise UnknownSetting for the first name that no ``kind`` ("producer", …) of Kafka has.

    A mapping's values are looked at too: MalformedSetting.
    """
    for name in overlay:
        find(name, kind)
        if isinstance(overlay, Mapping):
            parsed(name, overlay[name], kind)


def find(name: str, kind: str) -> Setting:
    """The table's row for a name, or UnknownSetting with the closest known one."""
    setting = SETTINGS.get(name)
    if setting is not None and kind in setting.kinds:
        return setting
    if setting is not None:
        owners = " and ".join(sorted(setting.kinds))
        raise UnknownSetting(f"{name!r} is a setting of a {owners}, not of a {kind}")
    known = [other.name for other in SETTINGS.values() if kind in other.kinds]
    close = get_close_matches(name.lower().replace("_", "."), known, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise UnknownSetting(f"no {kind} setting {name!r}{hint}")


def merged(kind: str, settings: Mapping[str, object], overlay: Mapping[str, str]) -> dict[str, Any]:
    """Both together as Python values by Kafka's names; the overlay wins."""
    return {name: parsed(name, value, kind) for name, value in {**settings, **overlay}.items()}


def parsed(name: str, value: object, kind: str) -> Any:
    """The value in its own type, or MalformedSetting."""
    setting = find(name, kind)
    try:
        return setting.parse(value)
    except (ValueError, TypeError) as error:
        raise MalformedSetting(f"{name}={value!r}: {error}") from None


def translate(library: str, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of :func:`merged` as the library's own options.

    For kafka-python these are keyword arguments, for confluent-kafka librdkafka's properties.
    Values that only name a class ("murmur2", "range") stay words; the client's process resolves them.
    """
    check_library(library)
    options: dict[str, Any] = {}
    for name, value in values.items():
        setting = find(name, kind)
        target = setting.python if library == KAFKA_PYTHON else setting.rdkafka
        if target is None:
            raise UnsupportedSetting(f"{library} has no {name}")
        try:
            options.update(target(value, kind))
        except ValueError as error:
            raise UnsupportedSetting(f"{library}: {name}={value}: {error}") from None
    return options
