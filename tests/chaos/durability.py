"""Redis is killed (kill -9) again and again under load: is anything lost that ingest had answered 200?

With `appendfsync always` Redis answers after its disk has it. With `everysec` it answers before: a killed process
leaves what it had written to the operating system, and loses what it had not because a sync was running late, as on a
busy disk. `WA_WAIT_AOF=1` makes ingest wait for the disk.
"""

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.http import call
from demo.redis import EmbeddedRedis
from demo.stack import WEBHOOK_TOKEN, Stack
from shared.events import MessageReceived
from tests.e2e.story import Story

CALLERS = 16
BEARER = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}


@dataclass(frozen=True)
class Durability:
    """What so many kills cost."""

    appendfsync: str
    waits: bool
    busy: bool
    kills: int
    answered: int
    refused: int
    lost: int
    kills_that_lost: int
    doubled: int

    def __str__(self) -> str:
        how = self.appendfsync + ", WA_WAIT_AOF=1" * self.waits + ", a busy disk" * self.busy
        cost = f"{self.lost} of them lost ({self.kills_that_lost} of the kills lost any), {self.doubled} doubled"
        return (
            f"{how}: {self.kills} × kill -9, {self.answered} answered 200, {cost}; {self.refused} answered 503 or not"
        )


def run(appendfsync: str, kills: int, *, waits: bool = False, busy: bool = False, load_s: float = 1.0) -> Durability:
    """Kill Redis so many times, each after about `load_s` of webhooks at full speed; `busy`: others write as well."""
    environ = {"WA_WAIT_AOF": "1"} if waits else {}
    draw = random.Random(1)
    with (
        _ingest_alone(appendfsync, environ) as stack,
        _writing(stack.folder / "noise", busy=busy),
        _Callers(stack.url("ingest-0")) as all_,
    ):
        costs = []
        for _ in range(kills):
            time.sleep(load_s * draw.uniform(0.5, 1.5))  # what is measured: a kill at any moment
            before = set(all_.answered)
            stack.redis.kill()
            stack.redis.start()
            costs.append(len(before - _received(stack)))
        all_.stop()
        received = [event.message_id for event in Story.read(stack.redis.url).of(MessageReceived)]
    lost, doubled = set(all_.answered) - set(received), len(received) - len(set(received))
    return Durability(
        appendfsync, waits, busy, kills, len(all_.answered), all_.refused, len(lost), sum(map(bool, costs)), doubled
    )


def _received(stack: Stack) -> set[str]:
    return {event.message_id for event in Story.read(stack.redis.url).of(MessageReceived)}


@contextmanager
def _ingest_alone(appendfsync: str, environ: dict[str, str]) -> Iterator[Stack]:
    replicas = {"ingest": 1, "responder": 0, "sender": 0, "admin": 0}
    unbounded = {"WA_STREAM_MAXLEN": "0", "WA_LOG_MAXLEN": "0"}
    with tempfile.TemporaryDirectory(prefix="frontdesk-durability-") as folder:
        redis = EmbeddedRedis(Path(folder), appendfsync=appendfsync)
        with Stack(replicas=replicas, folder=Path(folder), redis=redis, environ=unbounded | environ) as stack:
            yield stack


@contextmanager
def _writing(path: Path, *, busy: bool) -> Iterator[None]:
    """Somebody else writes and syncs as fast as the disk can."""
    over = threading.Event()

    def write() -> None:
        block = os.urandom(1 << 20)
        with path.open("wb") as file:
            while not over.is_set():
                file.seek(0)
                for _ in range(128):
                    file.write(block)
                os.fsync(file.fileno())

    threads = [threading.Thread(target=write)] if busy else []
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


class _Callers:
    """Threads that post webhooks, each with an id of its own, and remember which were answered 200."""

    def __init__(self, url: str) -> None:
        self.answered: list[str] = []
        self.refused = 0
        self._url = f"{url}/webhooks/evolution/demo"
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(n,)) for n in range(CALLERS)]

    def __enter__(self) -> "_Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _post(self, caller: int) -> None:
        n = 0
        while not self._over.is_set():
            n += 1
            id_ = f"3A{caller:02}{n:08}"
            try:
                call("POST", self._url, _webhook(id_, f"55119{caller:08}"), headers=BEARER)
            except OSError:
                self.refused += 1
                self._over.wait(0.02)
            else:
                self.answered.append(id_)


def _webhook(message_id: str, chat: str) -> dict[str, object]:
    data = {
        "key": {"remoteJid": f"{chat}@s.whatsapp.net", "fromMe": False, "id": message_id},
        "message": {"conversation": "oi"}, "messageType": "conversation", "messageTimestamp": int(time.time()),
    }  # fmt: skip
    return {"event": "messages.upsert", "instance": "demo", "data": data}
