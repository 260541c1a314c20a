"""The sinks by their names: two that are sound, others that are sound too, and broken ones."""

from __future__ import annotations

from apps import broken, mended
from apps.stores import ByOffset, BySequence, Store

#: Pattern 1 keeps the last sequences, pattern 2 the next offsets.
SOUND: dict[str, type[Store]] = {
    "sequences": BySequence,
    "locked-sequences": mended.LockedSequence,
    "ids": mended.ById,
    "offsets": ByOffset,
    "generations": mended.ByGeneration,
}
BROKEN: dict[str, type[Store]] = {
    "one-sequence": broken.OneSequence,
    "unlocked-sequences": broken.UnlockedSequence,
    "balance-then-sequence": broken.BalanceThenSequence,
    "sequence-then-balance": broken.SequenceThenBalance,
    "set-balance-by-sequence": broken.SetsBalance,
    "set-balance-by-offset": broken.SetsBalanceByOffset,
    "plain-offsets": broken.PlainOffset,
    "offset-then-balance": broken.OffsetThenBalance,
    "balance-then-offset": broken.BalanceThenOffset,
    "auto-commit": broken.AutoCommit,
    "no-listener": broken.NoListener,
    "without-rows": broken.WithoutRows,
    "repeats-blindly": broken.RepeatsBlindly,
    "seed-listener": broken.SeedListener,
}
VARIANTS = {**SOUND, **BROKEN}


def commits_offsets(variant: str) -> bool:
    """Whether Kafka keeps its offsets."""
    return issubclass(VARIANTS[variant], BySequence)


def meaning(variant: str) -> str:
    """What it does, in a sentence or two."""
    told = (VARIANTS[variant].__doc__ or "").strip().splitlines()
    return told[0]
