"""Which messages does the gateway's database hold?

[src] /chat/findMessages is not among the recordings: filters, pages and shape are those of version 2.3's source.
`key` filters match exactly, a false `fromMe` filters nothing, `offset` is the page's size, newest first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .call import Call, Effects, Reply, reply
from .instance import Stored
from .recorded import Json

PAGE = 50
SHOWN = ("key", "pushName", "messageType", "message", "messageTimestamp", "instanceId", "source", "contextInfo")


async def find(call: Call, effects: Effects) -> Reply:
    where = call.body.get("where") or {}
    found = [stored for stored in reversed(call.instance.messages.values()) if _fits(stored, where)]
    found.sort(key=lambda stored: -stored.record["messageTimestamp"])
    return reply(200, {"messages": _page(found, call.body)})


def _page(found: list[Stored], query: Json) -> Json:
    size, page = int(query.get("offset") or PAGE), int(query.get("page") or 1)
    records = [_shown(stored) for stored in found[size * (page - 1) : size * page]]
    return {"total": len(found), "pages": -(-len(found) // size), "currentPage": page, "records": records}


def _shown(stored: Stored) -> Json:
    record = {name: stored.record.get(name) for name in SHOWN}
    return {"id": stored.row_id, **record, "MessageUpdate": [{"status": status} for status in stored.updates]}


def _fits(stored: Stored, where: Json) -> bool:
    record, key = stored.record, where.get("key") or {}
    same_key = all(record["key"].get(name) == key[name] for name in ("id", "fromMe", "remoteJid") if key.get(name))
    same = all(record.get(name) == where[name] for name in ("source", "messageType") if where.get(name))
    return same_key and same and where.get("id", stored.row_id) == stored.row_id and _in_time(record, where)


def _in_time(record: Json, where: Json) -> bool:
    """Both ends must be given, or neither counts."""
    span: Any = where.get("messageTimestamp")
    if not isinstance(span, dict) or not (span.get("gte") and span.get("lte")):
        return True
    since, until = (datetime.fromisoformat(span[end]).timestamp() for end in ("gte", "lte"))
    return bool(int(since) <= record["messageTimestamp"] <= int(until))
