"""A broadcast reaches each on its list at most once: stopped in the middle, or its runner killed there."""

from collections import Counter
from pathlib import Path
from typing import Any

from redis import Redis

from demo.process import Process, wait_until
from demo.stack import Stack
from shared.events import SendRequested
from shared.streams import keys
from tests.e2e.desk import INSTANCE, admin, arrived, sleepless_clinics
from tests.e2e.story import Story

PEOPLE = [f"55119{80_000_000 + n}" for n in range(30)]
QUICK = {"WA_TOKENS_PER_SECOND": "6", "WA_BUCKET_CAPACITY": "1", "WA_LEASE_MS": "1000"}


def start(stack: Stack) -> str:
    recipients = [{"to": to, "variables": {"name": f"Paciente {to[-2:]}"}} for to in PEOPLE]
    body = {"template": "results_ready", "recipients": recipients, "confirm": INSTANCE}
    return str(admin(stack, "POST", "/broadcasts", body)["id"])


def stack_of(tmp_path: Path, admins: int) -> Stack:
    environ = {**QUICK, "WA_INSTANCES": INSTANCE, "CLINICS_DIR": str(sleepless_clinics(tmp_path / "clinics"))}
    return Stack(replicas={"admin": admins}, environ=environ, folder=tmp_path)


def numbers(stack: Stack) -> Counter[str]:
    """How many messages each phone got."""
    return Counter(str(message["chat"]) for message in arrived(stack))


def is_quiet(stack: Stack) -> bool:
    return not any(Story.read(stack.redis.url).left.values())


def test_nobody_is_written_to_after_a_stop(tmp_path: Path) -> None:
    with stack_of(tmp_path, admins=1) as stack:
        id_ = start(stack)
        wait_until(lambda: len(arrived(stack)) >= 5, "the first to get it")
        told: dict[str, Any] = admin(stack, "POST", f"/broadcasts/{id_}/stop")
        wait_until(lambda: is_quiet(stack), "what was begun to end")
        got, requested = numbers(stack), Story.read(stack.redis.url).of(SendRequested)
        state = admin(stack, "GET", f"/broadcasts/{id_}")
    assert set(got.values()) == {1}
    assert len(got) + told["left"] == len(PEOPLE)
    assert 0 < told["left"] < len(PEOPLE)
    assert len({event.chat for event in requested}) == len(requested) == len(PEOPLE) - told["left"] + told["taken_back"]
    assert (state["state"], state["requested"]) == ("stopped", len(requested))


def test_another_replica_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    with stack_of(tmp_path, admins=2) as stack:
        id_ = start(stack)
        wait_until(lambda: len(arrived(stack)) >= 5, "the first to get it")
        victim, other = runner(stack)
        victim.kill()
        assert len(arrived(stack)) < len(PEOPLE)
        wait_until(lambda: len(numbers(stack)) == len(PEOPLE), "everybody to get it")
        wait_until(lambda: is_quiet(stack), "everything to be done with")
        got, requested = numbers(stack), Story.read(stack.redis.url).of(SendRequested)
        state = admin(stack, "GET", f"/broadcasts/{id_}", name=other)
    assert set(got.values()) == {1}
    assert [event.chat for event in requested] == PEOPLE
    assert (state["state"], state["requested"]) == ("done", len(PEOPLE))


def runner(stack: Stack) -> tuple[Process, str]:
    """The process that runs the broadcast, by the lease's holder, and the name of the other one."""
    with Redis.from_url(stack.redis.url) as client:
        holder = bytes(client.get(keys.lease(INSTANCE, "broadcasts")) or b"").decode()  # type: ignore[arg-type]
    admins = {name: process for name, process in stack.processes.items() if name.startswith("admin")}
    (victim,) = [name for name, process in admins.items() if f"-{process.pid}-" in holder]
    (other,) = set(admins) - {victim}
    return admins[victim], other
