"""Cutting machines off from each other, with the packet filter of their own kernels.

Packets are refused, not dropped: both ends learn at once that a connection is gone, and healing is as
quick as the next attempt.  All rules stand in a chain of ours, so that healing forgets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from cluster.vagrant.plan import Plan
from cluster.vagrant.ssh import Shell

CHAIN = "GUARANTEES"

#: Makes our chain, first on both ways.
OPEN = f"""set -e
iptables -w -N {CHAIN} 2>/dev/null && {{
  iptables -w -I INPUT -j {CHAIN}; iptables -w -I OUTPUT -j {CHAIN}
}} || true
"""
CLOSE = f"""iptables -w -D INPUT -j {CHAIN} 2>/dev/null
iptables -w -D OUTPUT -j {CHAIN} 2>/dev/null
iptables -w -F {CHAIN} 2>/dev/null; iptables -w -X {CHAIN} 2>/dev/null; true"""


def refusal(address: str) -> str:
    """Nothing of TCP comes from an address, or goes there."""
    reject = "-j REJECT --reject-with tcp-reset"
    return "\n".join(f"iptables -w -A {CHAIN} -p tcp {side} {address} {reject}" for side in ("-s", "-d"))


class Links:
    """The ways between the machines on the private network."""

    def __init__(self, plan: Plan, shells: Mapping[int, Shell]) -> None:
        self.plan, self.shells = plan, shells

    def cut(self, one: int, other: int) -> None:
        """Brokers and controllers of two machines do not reach each other any more."""
        self._refuse(one, [self.plan.machine(other).private])
        self._refuse(other, [self.plan.machine(one).private])

    def isolate(self, number: int) -> None:
        """A machine reaches no other one over the private network, and none reaches it."""
        others = [machine.number for machine in self.plan.machines if machine.number != number]
        self._refuse(number, [self.plan.machine(other).private for other in others])
        for other in others:
            self._refuse(other, [self.plan.machine(number).private])

    def heal(self) -> None:
        """Every way is open again."""
        with ThreadPoolExecutor() as together:
            list(together.map(lambda shell: shell.run(CLOSE), self.shells.values()))

    def _refuse(self, number: int, addresses: Iterable[str]) -> None:
        self.shells[number].run(OPEN + "\n".join(map(refusal, addresses)))
