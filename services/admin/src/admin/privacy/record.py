"""What is written down of an erasure? While it runs, whom it is about; in the end, what came of it and no name."""

from typing import Literal

import msgspec

from shared.streams import keys
from shared.streams.scripts import Scripts


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure that was asked for. It exists until the erasure is done."""

    id: str
    chat: str
    by: str
    reason: str
    asked_at: int
    total: int = 0
    """Entries of the log when it was asked for."""
    done: int = 0
    names: tuple[str, ...] = ()
    """Further names of the person that were found: without its entries, the log leads to them no more."""
    copy: int = 0
    """The number of the copy of the log that is being made, or was when whoever made it died; 0: there is none."""
    problem: str = ""
    """Why the last try broke off."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """How an erasure stands, or what came of it."""

    id: str
    instance: str
    state: Literal["waiting", "running", "done"]
    by: str
    reason: str
    asked_at: int
    """Milliseconds since 1970-01-01 UTC."""
    done: int = 0
    """Entries of the log that were looked through."""
    total: int = 0
    ended_at: int | None = None
    facts: int = 0
    """Entries that were taken out of the log."""
    keys: int = 0
    """Other keys that were removed, or of which a part was."""
    scanned: int = 0
    """Keys that were looked through afterwards, name and content, for the person's numbers and texts."""
    values: int = 0
    """Values in them."""
    names: int = 0
    """How many spellings and ids of the person were looked for."""
    texts: int = 0
    """How many of their texts were looked for: the longest that nobody else wrote as well."""
    found: int = 0
    """Traces that were found afterwards. 0: the person occurs nowhere in Redis."""
    problem: str = ""
    """While it runs: why the last try broke off. It is tried again and again."""
    places: list[str] = []
    """Kinds of keys that the traces are in."""
    disk: str = ""
    """Whether Redis began to write its append-only file anew; until it has, the old one holds the past."""


async def orders(scripts: Scripts, instance: str) -> list[Order]:
    """The erasures that are under way, the oldest first."""
    found = await scripts.call("HVALS", keys.erasing(instance))
    return sorted((msgspec.json.decode(data, type=Order) for data in found), key=lambda order: order.asked_at)


async def read(scripts: Scripts, instance: str, id_: str) -> Erasure | None:
    """One erasure, under way or done."""
    data = await scripts.call("HGET", keys.erasing(instance), id_)  # first: it may be ended between the two questions
    if data is None:
        data = await scripts.call("HGET", keys.erasures(instance), id_)
        return msgspec.json.decode(data, type=Erasure) if data else None
    order = msgspec.json.decode(data, type=Order)
    return Erasure(
        id=id_, instance=instance, state="running" if order.done else "waiting", by=order.by, reason=order.reason,
        asked_at=order.asked_at, done=order.done, total=max(order.total, order.done), problem=order.problem,
    )  # fmt: skip
