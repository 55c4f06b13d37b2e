"""What can be seen? The shapes that the views tell, to the API, the page and the command line alike.

Times are milliseconds since 1970-01-01 UTC. A field that is not known is empty or None.
"""

from typing import Literal

import msgspec

Status = Literal["bot", "wanted", "taken", "paused"]
"""Who answers a chat: the bot; nobody yet, a person is wanted; a person who took it; nobody, the bot is paused."""
Author = Literal["patient", "bot", "staff", "clinic"]
"""Who spoke: `staff` on their phone or through here, `clinic` for reminders and broadcasts."""
Progress = Literal[
    "received", "thinking", "answered", "suppressed",  # a patient's message
    "queued", "scheduled", "attempted", "unknown", "accepted", "delivered", "read",  # one of ours
    "unconfirmed", "failed", "expired", "cancelled", "dead",
]  # fmt: skip


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One chat, as a line of a list."""

    instance: str
    chat: str
    name: str = ""
    """What staff call the contact, else the name on WhatsApp."""
    last_text: str = ""
    """The newest words that were said or are on their way, at most 200 characters; of a medium its kind in brackets."""
    last_author: Author = "patient"
    last_at: int = 0
    """When that was said; where nothing was said yet, when something was asked to be sent."""
    last_progress: Progress = "received"
    status: Status = "bot"
    taken_by: str = ""
    wanted_why: str = ""
    wanted_at: int | None = None
    urgent: bool = False
    paused_until: int | None = None
    """None while it is paused without an end, too; `status` tells."""
    all_paused: bool = False
    """Whether the bot is paused on the whole instance. Told of one conversation, not in lists."""
    vip: bool = False
    opted_out: bool = False
    language: str = ""
    notes: str = ""
    waiting_since: int | None = None
    """When the oldest message came that nobody has answered."""
    messages: int = 0


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat, either way."""

    id: str
    """Of its `message.received` or `send.requested`."""
    story: str
    """What `story` is asked with: the correlation id."""
    chat: str = ""
    at: int
    author: Author
    kind: str
    """text, image, audio, …"""
    text: str = ""
    progress: Progress
    by: str = ""
    """Who wrote it, or which answerer."""
    message_id: str = ""
    """WhatsApp's id."""
    edited: bool = False
    revoked: bool = False
    attempts: int = 0
    reason: str = ""
    """Why it failed, was suppressed, expired, …"""
    send_class: str = ""
    due_at: int | None = None
    """For a scheduled one."""
    broadcast_id: str = ""
    failed_at: int | None = None
    """When one of ours failed for good, or its time was over."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of a story."""

    at: int
    type: str
    """The event's wire name."""
    id: str
    said: str
    """The fact in one English sentence."""
    fields: dict[str, str] = {}
    """The event's own fields, as text."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that happened from one patient's message, or one request to send, to its end."""

    id: str
    instance: str
    chat: str
    steps: list[Step]
    sources: list[str] = []
    """Where the clinic's files say what was answered."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One instance's figures of one day (UTC)."""

    instance: str
    day: str
    """YYYY-MM-DD"""
    received: int = 0
    answered: int = 0
    suppressed: int = 0
    by_model: int = 0
    handoffs: int = 0
    requested: int = 0
    accepted: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    expired: int = 0
    unknown: int = 0
    unconfirmed: int = 0
    dead: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    stages: dict[str, list[int]] = {}
    """How long each stage took: counts by the bounds of `STAGE_BOUNDS_MS`, the last one beyond them all. think: a
    message's arrival to its answer; queue: the request to the first try; send: that to the gateway's acceptance;
    deliver: that to the phone; reply: a message's arrival to the acceptance of its answer."""
    reply_ms: list[int] = []
    """Replies by how long they took from the message's arrival to the gateway's acceptance: counts, by the bounds of
    `REPLY_BOUNDS_MS`, the last one beyond them all."""


class Figures(msgspec.Struct, frozen=True):
    """What one instance comes to now."""

    chats: dict[str, int] = {}
    """How many have each status."""
    day: Day | None = None
    """This day's figures; None: nothing happened."""
    trouble: str = ""
    """Why they cannot be read: a key of another type."""


REPLY_BOUNDS_MS = (250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000, 300_000)
STAGE_BOUNDS_MS = (5, 10, 25, 50, 100, *REPLY_BOUNDS_MS)


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway last said of an instance."""

    instance: str
    state: str = ""
    reason: int | None = None
    since: int | None = None


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How far the views of an instance are."""

    instance: str
    version: int
    position: str
    """The last entry of the log that they hold."""
    behind: int
    """Facts that they do not hold yet."""
    missed: int = 0
    """Facts that left the log before they were folded in: nobody can fold them any more."""
    rebuilding: bool = False
    rebuilt: int = 0
    """Facts that a running rebuild has read."""
