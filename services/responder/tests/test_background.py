"""A loop beside the answering that meets a bug is told, counted and begun again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from responder.background import beside
from shared.streams import keeping
from shared.telemetry import metrics


@pytest.mark.parametrize("ends", [ValueError("a bug"), None])
async def test_a_loop_that_ends_is_begun_again_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ends: Exception | None
) -> None:
    monkeypatch.setattr(keeping, "PAUSES_S", (0.0,))
    begun, well, again = 0, asyncio.Event(), asyncio.Event()

    async def first() -> None:
        """Nothing to do."""

    async def broken() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            if ends is not None:
                raise ends
            return
        again.set()
        await asyncio.Event().wait()

    async def sound() -> None:
        well.set()
        await asyncio.Event().wait()

    count = metrics.LOOPS_FAILED.labels("responder", "broken")
    before = count._value.get()
    running: AsyncIterator[None] = beside("responder", first, {"broken": broken, "sound": sound})(web.Application())
    await anext(running)
    async with asyncio.timeout(5):
        await again.wait()
        await well.wait()
    assert await anext(running, "ended") == "ended"
    assert count._value.get() == before + 2
    assert "loop_failed" in capsys.readouterr().out
