"""How many messages a second does one sender deliver, with all its guarantees, against a loop that has none?"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redis

from demo.ports import free_port
from demo.process import Process, wait_until
from demo.redis import EmbeddedRedis
from demo.stack import ROOT
from shared import ids
from shared.events import SendRequested, Text, encode
from shared.streams import keys

MESSAGES = 10_000
CHATS = 1_000
HERE = Path(__file__).parent


def run() -> dict[str, float]:
    """Messages a second, one worker process, a POST to a loopback gateway each, 50 in flight."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedRedis(Path(folder))
        port = free_port()
        gateway = subprocess.Popen([sys.executable, HERE / "gateway.py", str(port)])
        try:
            server.start()
            address = f"http://127.0.0.1:{port}"
            ours = _ours(server, address, Path(folder))
            bare = _bare(server, address)
        finally:
            gateway.terminate()
            server.stop()
    return {"sender, messages/s": ours, "bare loop, messages/s": bare, "ratio": ours / bare}


def _ours(server: EmbeddedRedis, gateway: str, folder: Path) -> float:
    with redis.Redis.from_url(server.url) as client:
        pipe = client.pipeline(transaction=False)
        for n in range(MESSAGES):
            pipe.xadd(keys.outbound("bench"), {"e": encode(_send(n))})
        pipe.sadd(keys.INSTANCES, "bench")
        pipe.execute()
        environ = {
            "REDIS_URL": server.url, "EVOLUTION_SERVER_URL": gateway, "EVOLUTION_API_KEY": "k",
            "PORT": str(free_port()), "WA_TOKENS_PER_SECOND": "0",
            "WA_CONCURRENCY": "50", "WA_STREAM_READ_COUNT": "100",
        }  # fmt: skip
        sender = Process.python("sender", "sender", environ, folder / "sender.log", ROOT)
        sender.start()
        try:
            return _rate(client)
        finally:
            sender.stop()


def _rate(client: redis.Redis) -> float:
    """From the first tenth to the last message: the start of a process is not what is measured."""
    left = keys.outbound("bench")
    wait_until(lambda: client.xlen(left) <= MESSAGES * 0.9, "the first tenth", every=0.002)
    at, remaining = time.monotonic(), client.xlen(left)
    wait_until(lambda: client.xlen(left) == 0, "the last message", every=0.002)
    return float(remaining) / (time.monotonic() - at)


def _bare(server: EmbeddedRedis, gateway: str) -> float:
    with redis.Redis.from_url(server.url) as client:
        pipe = client.pipeline(transaction=False)
        for n in range(MESSAGES):
            pipe.xadd("bare", {"e": encode(_send(n))})
        pipe.xgroup_create("bare", "g", "0")
        pipe.execute()
    command = [sys.executable, str(HERE / "bare.py"), server.url, gateway, str(MESSAGES)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _send(n: int) -> SendRequested:
    chat = f"55119{10_000_000 + n % CHATS}"
    return SendRequested(
        id=ids.new(), instance="bench", chat=chat, occurred_at=0, recorded_at=0, to=chat,
        content=Text(text=f"message {n}"), send_class="reply",
    )  # fmt: skip
