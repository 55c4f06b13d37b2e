"""What is kept of a message, a chat and a connection, from which everything that is shown can be told?

Encoded as arrays: a new field goes to the end, and `SCHEMA` goes up, so that the views are rebuilt.
"""

import msgspec

from admin.views.model import Author, Connection, Conversation, Message, Progress, Status

SCHEMA = 3
LATEST_MS = 10**13  # the year 2286, later than any time here
_UNSAID = frozenset({"scheduled", "failed", "expired", "cancelled", "dead"})


class MessageState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message. Its stamps (`…_at`) are when its first fact of that kind was recorded, in ms; 0: there is none."""

    id: str
    chat: str = ""
    story: str = ""
    listed: bool = False
    """Its own fact was seen, not only facts about it."""
    own: bool = False
    """One that we send."""
    at: int = 0
    author: Author = "patient"
    kind: str = ""
    text: str = ""
    by: str = ""
    message_id: str = ""
    edited: bool = False
    revoked: bool = False
    attempts: int = 0
    reason: str = ""
    send_class: str = ""
    due_at: int = 0
    broadcast_id: str = ""
    last: Progress = "received"
    """What the last fact in the log said of it."""
    answerer: str = ""
    draft: str = ""
    """The `reply.drafted` whose use is counted."""
    received_at: int = 0
    drafted_at: int = 0
    suppressed_at: int = 0
    asked_at: int = 0
    requested_at: int = 0
    attempted_at: int = 0
    accepted_at: int = 0
    delivered_at: int = 0
    read_at: int = 0
    unconfirmed_at: int = 0
    failed_at: int = 0
    expired_at: int = 0
    unknown_at: int = 0
    dead_at: int = 0
    called: str = ""
    """Its chat as its facts spell it, where that is not the name that the chat is kept under."""

    @property
    def progress(self) -> Progress:
        """How far it came: what a receipt proved, else the log's last word."""
        if self.read_at:
            return "read"
        if self.delivered_at:
            return "delivered"
        return self.last

    @property
    def said_at(self) -> int:
        """When it was said to the other side; 0: it was not. Ours counts from when it is on its way."""
        if not self.listed:
            return 0
        if self.own and (self.progress in _UNSAID or (self.last == "queued" and self.due_at > self.requested_at)):
            return 0
        return max(self.at, self.attempted_at)

    @property
    def failed_for_good_at(self) -> int:
        """When one of ours failed, or its time was over; 0: neither holds."""
        if not self.own or self.progress not in ("failed", "expired"):
            return 0
        return self.failed_at if self.progress == "failed" else self.expired_at

    def shown(self) -> Message:
        """As it is told."""
        return Message(
            id=self.id, story=self.story, chat=self.called or self.chat, at=self.at, author=self.author, kind=self.kind,
            text="" if self.revoked else self.text, progress=self.progress, by=self.by, message_id=self.message_id,
            edited=self.edited, revoked=self.revoked, attempts=self.attempts, reason=self.reason,
            send_class=self.send_class, due_at=self.due_at or None, broadcast_id=self.broadcast_id,
            failed_at=self.failed_for_good_at or None,
        )  # fmt: skip


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was said in a chat, as its line in a list shows it."""

    id: str
    text: str
    author: Author
    at: int
    progress: Progress


class ChatState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One chat."""

    chat: str
    """The name that it is kept under: one for all spellings of a number."""
    given_name: str = ""
    """What staff call the contact."""
    own_name: str = ""
    """What WhatsApp calls them."""
    last_id: str = ""
    last_text: str = ""
    last_author: Author = "patient"
    last_at: int = 0
    last_progress: Progress = "received"
    taken_by: str = ""
    wanted_at: int = 0
    wanted_why: str = ""
    urgent: bool = False
    handoff: str = ""
    """The last `handoff.requested`."""
    paused: bool = False
    paused_until: int = 0
    """0: without an end."""
    vip: bool = False
    opted_out: bool = False
    language: str = ""
    notes: str = ""
    waiting_since: int = 0
    messages: int = 0
    called: str = ""
    """As the gateway spells it, else as we do, where that is not the name that it is kept under."""
    heard_at: int = 0
    """When its newest message came or was asked for, be it said or not."""
    earlier: Word | None = None
    """What was said before the last word, which may turn out not to have been said."""

    @property
    def name(self) -> str:
        return self.given_name or self.own_name

    @property
    def status(self) -> Status:
        """Who answers, as long as no pause has lapsed."""
        if self.taken_by:
            return "taken"
        if self.wanted_at:
            return "wanted"
        return "paused" if self.paused else "bot"

    def rank(self, status: Status | None = None) -> int:
        """Its place in the list of all chats, by its newest word, or of a status; the highest comes first."""
        return rank_of_call(self.urgent, self.wanted_at) if status == "wanted" else self.last_at or self.heard_at

    def lapsed(self, now_ms: int) -> bool:
        """Whether its pause is over, of which no fact tells."""
        return self.status == "paused" and 0 < self.paused_until <= now_ms

    def shown(self, instance: str, now_ms: int) -> Conversation:
        """As it is told at this time."""
        over = self.paused and 0 < self.paused_until <= now_ms
        return Conversation(
            instance=instance, chat=self.called or self.chat, name=self.name, last_text=self.last_text,
            last_author=self.last_author, last_at=self.rank(), last_progress=self.last_progress,
            taken_by=self.taken_by, status="bot" if self.lapsed(now_ms) else self.status, wanted_why=self.wanted_why,
            wanted_at=self.wanted_at or None, urgent=self.urgent, vip=self.vip, opted_out=self.opted_out,
            paused_until=None if over else self.paused_until or None, language=self.language, notes=self.notes,
            waiting_since=self.waiting_since or None, messages=self.messages,
        )  # fmt: skip


def rank_of_call(urgent: bool, wanted_at: int) -> int:
    """The place of a chat among those that want a person: the urgent ones first, then whoever has waited longest."""
    return (2 if urgent else 1) * LATEST_MS - wanted_at


class ConnectionState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An instance's connection."""

    state: str = ""
    reason: int | None = None
    since: int = 0

    def shown(self, instance: str) -> Connection:
        return Connection(instance=instance, state=self.state, reason=self.reason, since=self.since or None)


_encoder = msgspec.msgpack.Encoder()
encode = _encoder.encode
message_of = msgspec.msgpack.Decoder(MessageState).decode
chat_of = msgspec.msgpack.Decoder(ChatState).decode
connection_of = msgspec.msgpack.Decoder(ConnectionState).decode
