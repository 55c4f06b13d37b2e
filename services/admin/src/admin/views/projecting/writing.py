"""What is written of a folded batch? Only what changed, as operations of `project.lua`."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from admin.views.finding import tokens
from admin.views.folding.schedule import place
from admin.views.folding.state import ChatState, MessageState, encode
from admin.views.folding.working import Working

Arg = str | int | msgspec.Raw
MOST_ARGS = 2_000  # Lua can unpack a few thousand at a time


def raw(data: bytes) -> msgspec.Raw:
    """Bytes as a MessagePack string, which is what Redis's Lua reads them from; it knows no binary type."""
    size = len(data)
    if size < 32:
        return msgspec.Raw(bytes((0xA0 | size,)) + data)
    if size < 1 << 16:
        return msgspec.Raw(b"\xda" + size.to_bytes(2, "big") + data)
    return msgspec.Raw(b"\xdb" + size.to_bytes(4, "big") + data)


class Operations:
    """Changes of a version's parts, gathered by verb and part."""

    def __init__(self) -> None:
        self._args: dict[tuple[str, str], list[Arg]] = defaultdict(list)

    def add(self, verb: str, part: str, *args: Arg) -> None:
        self._args[verb, part] += args

    def of(self, verb: str, part: str) -> list[Arg]:
        """The arguments so far, for more of them. Without any, nothing is done."""
        return self._args[verb, part]

    def parts(self) -> list[str]:
        """The parts that they touch."""
        return list(dict.fromkeys(part for (_, part), args in self._args.items() if args))

    def packed(self, first_key: int) -> bytes:
        """As `project.lua` takes them; the keys of `parts` begin at `first_key`. One argument is sent much faster."""
        index = {part: at for at, part in enumerate(self.parts(), start=first_key)}
        found: list[str | int | list[Arg]] = []
        for (verb, part), args in self._args.items():
            for start in range(0, len(args), MOST_ARGS):
                found += [verb, index[part], args[start : start + MOST_ARGS]]
        return encode(found)


def changes(working: Working) -> Operations:
    """What the batch changed."""
    operations = Operations()
    _messages(operations, working)
    _chats(operations, working)
    for message_id, id_ in working.new_aliases.items():
        operations.add("HSET", "ids", message_id, id_)
    told = operations.of("HSET", "stories")
    for story in working.new_stories:
        told += (story, working.stories[story])
    for (day, name), count in working.tally.items():
        operations.add("HINCRBY", "days", f"{day} {name}", count)
    return operations


def changed_chats(working: Working) -> Sequence[str]:
    """The chats that have news; `` for the connection."""
    states = (working.chats[chat] for chat in working.chats_before)
    chats = [state.called or state.chat for state in states if state is not None]
    return [*chats, *([""] if working.connection != working.connection_before else [])]


def line(state: MessageState) -> str:
    """A message's place in its chat's timeline."""
    return f"{state.chat} {state.at:014d} {state.id}"


def _messages(operations: Operations, working: Working) -> None:
    states, timeline = operations.of("HSET", "messages"), operations.of("ZADD", "timeline")
    for id_, before in working.messages_before.items():
        after = working.messages[id_]
        assert after is not None
        states += (id_, raw(encode(after)))
        if after.listed and after.chat and not (before and before.listed):
            timeline += (0, line(after))
        was, now = place(before), place(after)
        if was == now:
            continue
        if was and (not now or now[0] != was[0]):
            operations.add("ZREM", was[0], id_)
        if now:
            operations.add("ZADD", now[0], now[1], id_)


def _chats(operations: Operations, working: Working) -> None:
    states, recent = operations.of("HSET", "chats"), operations.of("ZADD", "recent")
    for chat, before in working.chats_before.items():
        after = working.chats[chat]
        assert after is not None
        states += (chat, raw(encode(after)))
        was, now = before.status if before else after.status, after.status
        if was != now:
            operations.add("ZREM", was, chat)
        if before is None or before.rank() != after.rank():
            recent += (after.rank(), chat)
        if before is None or was != now or before.rank(now) != after.rank(now):
            operations.add("ZADD", now, after.rank(now), chat)
        _lapse(operations, before, after)
        _names(operations, before, after)


def _names(operations: Operations, before: ChatState | None, after: ChatState) -> None:
    if before is not None and before.name == after.name:
        return
    chat = after.chat
    had, has = tokens(chat, before.name) if before else set(), tokens(chat, after.name)
    for token in has - had:
        operations.add("ZADD", "names", 0, f"{token} {chat}")
    for token in had - has:
        operations.add("ZREM", "names", f"{token} {chat}")


def _lapse(operations: Operations, before: ChatState | None, after: ChatState) -> None:
    was, now = (state.paused_until if state and state.status == "paused" else 0 for state in (before, after))
    if now and now != was:
        operations.add("ZADD", "lapses", now, after.chat)
    if was and not now:
        operations.add("ZREM", "lapses", after.chat)
