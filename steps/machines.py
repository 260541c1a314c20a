"""The machines that brokers stand on: their service managers, disks, networks, and what provisions them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.provisioned import Machines
from fixtures.reading import numbers_of, require_same
from fixtures.telling import Teller
from fixtures.tls import Door
from history.judge import EXACTLY_ONCE_IN_ORDER
from history.verdicts import NotShown, Violated


@when(phrase("the process of broker {broker:Partition} is killed on its machine"))
def killed_there(the_machines: Machines, broker: int) -> None:
    """SIGKILL for the process alone; nobody starts it but who does so always."""
    the_machines.crash(broker)


@then(phrase("the service manager starts broker {broker:Partition} again"))
def started_there(the_machines: Machines, broker: int) -> None:
    """It counts its starts."""
    the_machines.await_started(broker)


@then("every replica is in sync with it, and the log holds records 1 to 100")
def whole_again(the_machines: Machines, judging: Judge, topic: Topic, tell: Teller) -> None:
    """In every broker's own eyes; a fresh client reads partition 0 to its end."""
    tell(f"whole after {the_machines.cluster.await_whole(60):.1f} s")
    reads = judging.read_log(topic, [0])
    judging.forbid(EXACTLY_ONCE_IN_ORDER)
    require_same(numbers_of(reads), range(1, 101), "the log")


@given(phrase("the service manager of broker {broker:Partition} is to start nothing again"))
def starts_nothing(the_machines: Machines, broker: int) -> None:
    """Restart=no, laid over the unit until the scenario ends."""
    the_machines.start_nothing(broker)


@then(phrase("the service manager says that broker {broker:Partition} has failed"))
def has_failed(the_machines: Machines, broker: int) -> None:
    """It has given it up."""
    the_machines.require_failed(broker)


@when("the machines are provisioned again")
def provisioned(the_machines: Machines) -> None:
    """The playbook is run, and the cluster whole afterwards."""
    the_machines.provision()


@then("nothing was changed on any machine")
def unchanged(the_machines: Machines) -> None:
    """Ansible counts what it changes."""
    the_machines.require_unchanged()


@given(phrase("a setting of broker {broker:Partition} that was changed by hand"))
def changed_by_hand(the_machines: Machines, broker: int) -> None:
    """In its file; it has not been started since."""
    the_machines.change_setting(broker)


@then(phrase("the settings of broker {broker:Partition} are as they were, and it alone was started again"))
def changed_back(the_machines: Machines, broker: int) -> None:
    """Every other node has the process that it had."""
    the_machines.require_changed_back(broker)


@given(phrase("a certificate of broker {broker:Partition} that is issued anew"), target_fixture="serial")
def issued_anew(the_machines: Machines, broker: int) -> int:
    """It lies where provisioning takes it from."""
    return the_machines.issue_anew(broker)


@then(phrase("broker {broker:Partition} shows its new certificate, and it alone was started again"))
def shows_new(the_machines: Machines, door: Door, serial: int, broker: int) -> None:
    """To whoever comes over TLS."""
    if door.certificate(broker).serial_number != serial:
        raise Violated(f"broker {broker} shows another certificate")
    the_machines.require_restarted(broker)


@when(phrase("the machine of broker {broker:Partition} is shut down and started again"))
def booted(the_machines: Machines, broker: int) -> None:
    """With all that runs on it, a controller as well."""
    the_machines.boot(broker)


@given(phrase("broker {broker:Partition} has lost its disk"))
def wiped(the_machines: Machines, broker: int) -> None:
    """It is stopped, and its data folder is gone."""
    the_machines.wipe(broker)


@when(phrase("the service manager has started broker {broker:Partition} twice"))
def started_twice(the_machines: Machines, broker: int) -> None:
    """It starts a service again whose process has ended, and goes on doing so."""
    the_machines.cluster.broker(broker).start()
    the_machines.await_started(broker, 2)


@when("broker 3's machine comes to broker 1 over the public network alone")
def comes_publicly(the_machines: Machines) -> None:
    """Packets for the private address go to the public one's machine, as anybody there could send them."""
    the_machines.come_publicly(3, 1)


@then("it reaches the TLS listener, and no plaintext listener by any address")
def reaches_tls_alone(the_machines: Machines, tell: Teller) -> None:
    """A connection to the one, and a refusal by the others."""
    tell(the_machines.told())
    for name, seen in the_machines.reached.items():
        if (seen in ("connected", "answered")) != name.startswith("TLS"):
            raise Violated(f"the {name}: {seen}")


@given("broker 1's machine has no rules for the ports of its private network")
def without_rules(the_machines: Machines) -> None:
    """The listener is bound to the private address all the same."""
    the_machines.lift_rules(1)


@then("it reaches the plaintext listener by the address of the private network")
def reaches_plaintext(the_machines: Machines, tell: Teller) -> None:
    """A request is answered."""
    tell(the_machines.told())
    if the_machines.reached["plaintext listener by its private address"] != "answered":
        raise NotShown("the plaintext listener is not reached")
