"""Does what the changelog tells an operator to run do what it says?"""

import os
import re
import subprocess
import sys

import redis.asyncio as aioredis

from demo.stack import ROOT
from responder.chat import Memory
from shared.clock import SYSTEM
from shared.streams import keys
from tests.support.replica import INSTANCE, Streams

TAKEN, PAUSED, LAPSED, ANEW = "5511988887771", "5511988887772", "5511988887773", "5511988887774"
FOREVER_MS = 9_999_999_999_999


async def run(redis_url: str) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ended = subprocess.run(
        [sys.executable, "-"], input=program, text=True, env={**os.environ, "REDIS_URL": redis_url}, check=False,
        capture_output=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr


async def test_pauses_of_before_move_to_where_services_look_for_them(
    client: aioredis.Redis, redis_url: str, streams: Streams
) -> None:
    now = SYSTEM.now_ms()
    old = {
        TAKEN: {"paused_until": FOREVER_MS, "taken_by": "ana"}, PAUSED: {"paused_until": now + 3_600_000},
        LAPSED: {"paused_until": now - 1}, ANEW: {"paused_until": now + 3_600_000},
    }  # fmt: skip
    for chat, fields in old.items():
        await client.hset(keys.chat(INSTANCE, chat), mapping={"bot": "memory", **fields})
    await client.hset(keys.held(INSTANCE, ANEW), mapping={"paused_until": FOREVER_MS, "taken_by": "rui"})
    for _ in range(2):
        await run(redis_url)
    memory = Memory(streams.scripts)
    found = {chat: (await memory.of(INSTANCE, chat)).paused_until for chat in old}
    assert found == {TAKEN: FOREVER_MS, PAUSED: now + 3_600_000, LAPSED: 0, ANEW: FOREVER_MS}
    assert await client.hget(keys.held(INSTANCE, TAKEN), "taken_by") == b"ana"
    assert await client.hget(keys.held(INSTANCE, ANEW), "taken_by") == b"rui"
    assert [await client.pttl(keys.held(INSTANCE, chat)) for chat in (TAKEN, ANEW)] == [-1, -1]
    assert 0 < await client.pttl(keys.held(INSTANCE, PAUSED)) <= 3_600_000
    assert await client.hkeys(keys.chat(INSTANCE, TAKEN)) == [b"bot"]
