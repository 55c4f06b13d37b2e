"""What nobody asked for: not at night, and not to a patient who said no. Answers and staff are not held back."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from redis import Redis

from demo.http import call
from demo.process import wait_until
from demo.stack import ADMIN_TOKEN, ROOT, Stack
from shared.events import OptoutRecorded, SendAccepted, SendFailed, SendRead, SendScheduled
from shared.streams import keys
from tests.e2e.story import Story

CHAT = "5511988887777"
QUICK = {"WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0"}


def post(stack: Stack, kind: str, to: str = CHAT) -> str:
    """A message of the clinic's own; its id."""
    body = {"instance": "demo", "to": to, "text": f"a {kind}", "class": kind}
    url, bearer = f"{stack.url('admin-0')}/admin/messages", {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    answer: dict[str, Any] = call("POST", url, body, headers=bearer)
    return str(answer["id"])


def ask(stack: Stack, text: str, chat: str = CHAT) -> None:
    call("POST", f"{stack.url('simulator')}/sim/demo/messages", {"from": chat, "text": text})


def arrived(stack: Stack) -> list[str]:
    return [message["text"] for message in call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]]


def clinics_quiet_now(folder: Path) -> Path:
    """The demonstration's clinic, in the middle of its quiet hours."""
    shutil.copytree(ROOT / "clinics", folder)
    file = folder / "demo.yaml"
    opens, closes = ((dt.datetime.now(dt.UTC) + dt.timedelta(hours=h)).strftime("%H:%M") for h in (-2, 2))
    lines = file.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        if line.strip().startswith("quiet_hours:"):
            lines[at] = f"  quiet_hours: {opens}-{closes}"
        elif line.startswith("timezone:"):
            lines[at] = "timezone: Etc/UTC"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_clinics_quiet_hours_hold_reminders_and_neither_answers_nor_staff(tmp_path: Path) -> None:
    clinics = clinics_quiet_now(tmp_path / "clinics")
    with Stack(environ={**QUICK, "CLINICS_DIR": str(clinics)}, folder=tmp_path) as stack:
        with Redis.from_url(stack.redis.url) as client:
            wait_until(lambda: client.exists(keys.QUIET), "the responder to tell the clinic's hours")
        ask(stack, "que horas abre amanhã?")
        wait_until(lambda: arrived(stack), "the answer")
        held, sent = post(stack, "reminder"), post(stack, "staff")
        wait_until(lambda: "a staff" in arrived(stack), "what staff sent")
        wait_until(lambda: Story.read(stack.redis.url).count(SendScheduled), "the reminder to be put aside")
        story = Story.read(stack.redis.url)
        assert "a reminder" not in arrived(stack)
    (scheduled,) = story.of(SendScheduled)
    assert (scheduled.send_id, scheduled.why) == (held, "quiet hours")  # type: ignore[union-attr]
    assert sent in {fact.send_id for fact in story.of(SendAccepted)}  # type: ignore[union-attr]


def test_a_patient_who_opted_out_gets_answers_and_no_reminders(tmp_path: Path) -> None:
    with Stack(environ=QUICK, folder=tmp_path) as stack:
        with Redis.from_url(stack.redis.url) as client:
            wait_until(lambda: client.exists(keys.QUIET), "the responder to tell the clinic's hours")
            client.hset(keys.quiet("demo"), mapping={"zone": "Etc/UTC", "from": "", "until": ""})  # by day and by night
        ask(stack, "parar")
        wait_until(lambda: Story.read(stack.redis.url).count(OptoutRecorded), "the no")
        wait_until(lambda: Story.read(stack.redis.url).count(SendRead) == 1, "its confirmation")
        refused, other = post(stack, "reminder"), post(stack, "reminder", "5511977776666")
        ask(stack, "que horas abre amanhã?")
        wait_until(lambda: Story.read(stack.redis.url).count(SendRead) == 3, "the rest")
        story = Story.read(stack.redis.url)
    (failed,) = story.of(SendFailed)
    assert (failed.send_id, failed.category, failed.final) == (refused, "opted_out", True)  # type: ignore[union-attr]
    assert other in {fact.send_id for fact in story.of(SendAccepted)}  # type: ignore[union-attr]
