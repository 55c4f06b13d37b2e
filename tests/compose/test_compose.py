"""Does `docker compose up` give a clinic that answers, also with replicas, and is it watched?

The tests go on with one stack, in this order.
"""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.compose.stack import ROOT, WATCHED, Stack, call, last, until

pytestmark = pytest.mark.timeout(900)

PATIENT = "5511987650001"
REPLICAS = {"ingest": 2, "responder": 2, "sender": 3}


def health(stack: Stack) -> dict[str, object]:
    token = {"Authorization": "Bearer demo-admin-token"}
    return dict(call("GET", f"{stack.url('ADMIN')}/admin/streams/health?instance=demo", **token))


def test_everything_is_healthy_with_nothing_set(stack: Stack) -> None:
    """Redis, the four services and the simulator come up from a plain checkout."""
    states = {one["Name"]: one["State"]["Health"]["Status"] for one in stack.containers()}
    assert len(states) == 6
    assert set(states.values()) == {"healthy"}


def test_no_container_runs_as_root_or_writes_to_its_image(stack: Stack) -> None:
    for one in stack.containers():
        assert one["Config"]["User"] not in {"", "0", "root"}
        assert one["HostConfig"]["ReadonlyRootfs"]
        assert one["HostConfig"]["Memory"] > 0


def test_a_patient_is_answered(stack: Stack) -> None:
    """One conversation, through webhook, streams and gateway."""
    stack.writes(PATIENT, "Oi, bom dia!")
    stack.replies(PATIENT, 1)
    stack.writes(PATIENT, "Qual é o horário de funcionamento?")
    assert all(stack.replies(PATIENT, 2))


def test_the_command_line_is_in_the_admins_container(stack: Stack) -> None:
    """It knows the token and the service without being told, and Tab completes it."""

    def inside(*words: str) -> str:
        return stack.compose("exec", "--no-TTY", "admin", *words)

    told = json.loads(inside("frontdesk", "health", "--json"))
    assert (told["status"], [line["instance"] for line in told["instances"]]) == ("ok", ["demo"]), told
    assert "1 responder, 1 sender" in inside("frontdesk", "health")
    assert "_frontdesk_completion" in inside("bash", "-ic", "complete -p frontdesk")
    typed = "COMP_WORDS='frontdesk do' COMP_CWORD=1 _FRONTDESK_COMPLETE=complete_bash frontdesk"
    assert inside("bash", "-c", typed).split() == ["doctor"]
    assert inside(
        "python", "-c", "from importlib.util import find_spec as f; print(f('typer'), f('admin'))"
    ).startswith("None ModuleSpec")


def test_the_doctor_finds_nothing_wrong_in_the_demonstration(stack: Stack) -> None:
    """Its gateway has one webhook for all, which only shows by the messages that come in."""
    told = json.loads(stack.compose("exec", "--no-TTY", "admin", "frontdesk", "doctor", "--json"))
    found = {check["name"]: check["status"] for check in told["checks"]}
    assert (found["webhooks"], found["webhook address"], "failed" in found.values()) == ("ok", "ok", False), told


def test_replicas_answer_every_patient_once(stack: Stack) -> None:
    """Three senders, two ingests and two responders start beside each other and share the work."""
    stack.up(*(word for name, count in REPLICAS.items() for word in ("--scale", f"{name}={count}")))
    assert {name: len(stack.of(name)) for name in REPLICAS} == REPLICAS
    patients = [f"55119876510{number:02}" for number in range(6)]
    for patient in patients:
        stack.writes(patient, "Quais formas de pagamento vocês aceitam?")
    for patient in patients:
        assert len(stack.replies(patient, 1)) == 1
    until(lambda: health(stack)["queue_depth"] == 0, seconds=30)
    assert {patient: len(stack.phone(patient)) for patient in patients} == dict.fromkeys(patients, 1)


def test_every_replica_is_watched(stack: Stack) -> None:
    """Prometheus finds each replica by its service's name, loads the rules and knows Alertmanager; nothing fires."""
    scale = [word for name, count in REPLICAS.items() for word in ("--scale", f"{name}={count}")]
    stack.up(*scale, files=WATCHED)
    prometheus = f"{stack.url('PROMETHEUS')}/api/v1"
    until(lambda: call("GET", f"{prometheus}/status/runtimeinfo"), seconds=30)

    def up() -> dict[str, int]:
        targets = call("GET", f"{prometheus}/targets?state=active")["data"]["activeTargets"]
        return dict(Counter(target["labels"]["job"] for target in targets if target["health"] == "up"))

    def alive() -> dict[str, str]:
        found = call("GET", f"{prometheus}/query?query=service:frontdesk_consumers:max")["data"]["result"]
        return {one["metric"]["service"]: one["value"][1] for one in found}

    def alerts() -> set[str]:
        found = call("GET", f"{prometheus}/alerts")["data"]["alerts"]
        return {" ".join(sorted(alert["labels"].values())) for alert in found}

    expected = {**REPLICAS, "admin": 1, "prometheus": 1}
    assert last(up, expected, seconds=60) == expected
    groups = call("GET", f"{prometheus}/rules")["data"]["groups"]
    assert {group["name"] for group in groups} == {"frontdesk", "frontdesk-figures"}
    assert len(call("GET", f"{prometheus}/alertmanagers")["data"]["activeAlertmanagers"]) == 1
    assert until(lambda: call("GET", f"{stack.url('ALERTMANAGER')}/api/v2/status")["config"], seconds=30)
    counted = {"sender": "3", "responder": "2"}
    assert last(lambda: {name: alive().get(name) for name in counted}, counted, seconds=60) == counted
    assert last(alerts, set(), seconds=60) == set()


def test_a_stop_is_in_time_and_clean(stack: Stack) -> None:
    """Every service ends by itself on SIGTERM, before the kill."""
    stack.compose("stop", *REPLICAS, "admin")
    stopped = [one for name in (*REPLICAS, "admin") for one in stack.of(name)]
    assert {one["Name"]: one["State"]["ExitCode"] for one in stopped if one["State"]["ExitCode"] != 0} == {}


def test_the_streams_keep_their_promises_on_this_redis(stack: Stack) -> None:
    """The integration tests once more, on compose's Redis 8 with its own settings. The services are stopped by now."""
    if not any((ROOT / "tests" / "integration").glob("test_*.py")):
        pytest.skip("no integration tests yet")
    environ = {**os.environ, "FRONTDESK_REDIS_URL": stack.redis_url()}
    # One process: FLUSHALL, which some of them test, empties every database of a server.
    words = ["tests/integration", "--redis=url", "-x", "--timeout=60", "-p", "no:cacheprovider"]
    if os.environ.get("FRONTDESK_CI") == "1":  # twenty minutes are short: those that every kind of server is asked
        words += ["-m", "every_server"]
    command = [sys.executable, "-m", "pytest", *words]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=800)
    assert done.returncode == 0, done.stdout[-8000:]
