"""Are entries read the same from every kind of server?"""

from typing import Any

import pytest

from shared.errors import NotOurs
from shared.streams import keys
from shared.streams.delivery import Owner
from shared.streams.lease import acquire
from shared.streams.reader import GroupReader
from tests.support.replica import Streams, a_send

I = "wa1"  # noqa: E741 - as in the keys
GROUP = keys.OUTBOUND_GROUP
SOURCE = keys.outbound(I)
OWNER = Owner(I, GROUP, "r1", 7, "sender")


class Recorded:
    """Scripts that answer what was recorded."""

    def __init__(self, *replies: Any) -> None:
        self.replies, self.asked = list(replies), []  # type: ignore[var-annotated]

    async def run(self, name: str, names: Any, args: Any) -> Any:
        self.asked.append((name, *args))
        return self.replies.pop(0)


def reader(*replies: Any) -> tuple[GroupReader, Recorded]:
    recorded = Recorded(*replies)
    return GroupReader(recorded, GROUP, "r1"), recorded  # type: ignore[arg-type]


async def test_entries_come_with_their_bytes() -> None:
    reads, _ = reader([b"ok", [[b"1-1", [b"e", b"one"]], [b"1-2", [b"e", b"two", b"x", b"y"]]]])
    assert [(e.id, e.data, e.claimed) for e in await reads.new(OWNER, SOURCE, 10)] == [
        ("1-1", b"one", False), ("1-2", b"two", False),
    ]  # fmt: skip


async def test_an_entry_without_our_field_or_without_any_has_no_data() -> None:
    reads, _ = reader([b"ok", [[b"1-1", []], [b"1-2", [b"odd"]], [b"1-3", [b"E", b"x"]]]])
    assert [e.data for e in await reads.new(OWNER, SOURCE, 10)] == [None, None, None]


async def test_the_scan_goes_on_until_its_cursor_is_back_at_the_start() -> None:
    reads, recorded = reader(
        [b"ok", b"5-0", [], []],
        [b"ok", b"9-0", [[b"5-1", [b"e", b"x"]]], [b"5-2"]],
        ["ok", "0-0", [], []],
    )
    found = await reads.abandoned(OWNER, SOURCE, 15_000)
    assert [(e.id, e.data, e.claimed, e.trimmed) for e in found] == [
        ("5-1", b"x", True, False), ("5-2", None, True, True),
    ]  # fmt: skip
    assert [asked[5] for asked in recorded.asked] == ["0-0", "5-0", "9-0"]


async def test_a_lane_that_is_anothers_gets_nothing() -> None:
    reads, _ = reader([b"fenced"], [b"fenced"])
    with pytest.raises(NotOurs, match="fenced"):
        await reads.new(OWNER, SOURCE, 10)
    with pytest.raises(NotOurs, match="fenced"):
        await reads.abandoned(OWNER, SOURCE, 0)


@pytest.mark.every_server
async def test_every_server_names_what_was_trimmed_while_pending(streams: Streams) -> None:
    """Redis 6.2 leaves holes in its answer and keeps such entries pending; 7 and later name them once."""
    await streams.put(*(a_send(f"{n}") for n in range(6)))
    await streams.client.xgroup_create(SOURCE, GROUP, id="0")
    await streams.client.execute_command("XREADGROUP", "GROUP", GROUP, "gone", "STREAMS", SOURCE, ">")
    ids = [id_ for id_, _ in await streams.client.xrange(SOURCE)]
    await streams.client.xdel(SOURCE, ids[1], ids[4])
    lease = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert lease
    reads = GroupReader(streams.scripts, GROUP, "r1")
    owner = Owner(I, GROUP, "r1", lease.fence, "sender")
    found = await reads.abandoned(owner, SOURCE, 0)
    assert [e.id.encode() for e in found if e.trimmed] == [ids[1], ids[4]]
    assert [e.id.encode() for e in found if not e.trimmed] == [ids[0], ids[2], ids[3], ids[5]]
    assert await streams.pending(SOURCE) == 4
    assert not [e for e in await reads.abandoned(owner, SOURCE, 0) if e.trimmed]


@pytest.mark.every_server
async def test_a_missing_group_is_made_at_the_start_by_whoever_reads(streams: Streams) -> None:
    lease = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert lease
    reads, owner = GroupReader(streams.scripts, GROUP, "r1"), Owner(I, GROUP, "r1", lease.fence, "sender")
    await streams.put(a_send("1"))
    assert await reads.abandoned(owner, SOURCE, 0) == []
    assert len(await reads.new(owner, SOURCE, 10)) == 1
    await streams.client.xgroup_destroy(SOURCE, GROUP)
    assert await reads.pending(SOURCE) == (0, 0)
    assert len(await reads.new(owner, SOURCE, 10)) == 1
    await streams.client.xclaim(SOURCE, GROUP, "r2", 0, [(await streams.client.xrange(SOURCE))[0][0]])
    assert await reads.pending(SOURCE) == (0, 1)
    assert await GroupReader(streams.scripts, GROUP, "r2").pending(SOURCE) == (1, 0)
