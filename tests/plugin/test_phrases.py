"""Typed words: what each takes, and that it takes no more."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.phrases import phrase, settings

TAKEN = [
    ("{x:Client}", "kafka-python", "kafka-python"),
    ("{x:Client}", "confluent-kafka", "confluent-kafka"),
    ("{x:Number}", "10,000", 10_000),
    ("{x:Number}", "7", 7),
    ("{x:Numbers}", "1 to 1,000", range(1, 1001)),
    ("{x:Numbers}", "5", range(5, 6)),
    ("{x:Numbers}", "1, 3 and 5", (1, 3, 5)),
    ("{x:Numbers}", "1 and 2,000", (1, 2000)),
    ("{x:Partition}", "0", 0),
    ("{x:Count}", "seventeen", 17),
    ("{x:Count}", "seven", 7),
    ("{x:Ordinal}", "third", 3),
    ("{x:Setting}", "enable.idempotence", "enable.idempotence"),
    ("{x:Value}", "read_committed", "read_committed"),
    ("{x:Value}", "-1", "-1"),
    ("{x:AutoHabit}", "polls on before it processes", "polls on before it processes"),
    ("{x:Quoted}", '"no such topic"', "no such topic"),
]
REFUSED = [
    ("{x:Client}", "kafka-java"),
    ("{x:Client}", "Kafka-Python"),
    ("{x:Number}", "1,00"),
    ("{x:Number}", "many"),
    ("{x:Numbers}", "1 to 100 to partition 0"),
    ("{x:Numbers}", "1,3"),
    ("{x:Numbers}", "9 to 1"),
    ("{x:Partition}", "0 and 1"),
    ("{x:Count}", "twenty-one"),
    ("{x:Setting}", "enable idempotence"),
    ("{x:Setting}", "Acks"),
    ("{x:Value}", "two words"),
    ("{x:AutoHabit}", "processes records and then commits them"),
    ("{x:Quoted}", '"one" and "two"'),
]


@pytest.mark.parametrize(("words", "text", "value"), TAKEN)
def test_a_word_becomes_its_value(words: str, text: str, value: Any) -> None:
    parser = phrase(f"it has {words} here")
    assert parser.is_matching(f"it has {text} here")
    assert parser.parse_arguments(f"it has {text} here") == {"x": value}


@pytest.mark.parametrize(("words", "text"), REFUSED)
def test_a_word_takes_no_more(words: str, text: str) -> None:
    assert not phrase(f"it has {words} here").is_matching(f"it has {text} here")


def test_one_sentence_matches_one_of_two_like_phrases() -> None:
    short = phrase("it sends records {numbers:Numbers}")
    long = phrase("it sends records {numbers:Numbers} to partition {partition:Partition}")
    assert [one.is_matching("it sends records 1 to 9 to partition 0") for one in (short, long)] == [
        False,
        True,
    ]
    assert [one.is_matching("it sends records 1 to 9") for one in (short, long)] == [True, False]


@pytest.mark.parametrize("text", ["it sends {x}", "it sends {x:d}", "it sends {}", "it sends {:Number}"])
def test_an_untyped_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs one of the types Client, Number"):
        phrase(text)


def test_a_table_of_settings_has_two_columns_and_no_setting_twice() -> None:
    assert settings([["acks", "all"], ["retries", "0"]]) == {"acks": "all", "retries": "0"}
    with pytest.raises(ValueError, match="two columns"):
        settings([["acks", "all", "!"]])
    with pytest.raises(ValueError, match="each setting once"):
        settings([["acks", "all"], ["acks", "1"]])
