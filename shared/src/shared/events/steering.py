"""What people did for a chat, a contact, or many of them at once."""

from shared.events.envelope import Event


class HandoffTaken(Event, frozen=True, kw_only=True, tag="handoff.taken.v1"):
    """A person answers this chat now; the bot is quiet until `handoff.ended`."""

    by: str


class BotPaused(Event, frozen=True, kw_only=True, tag="bot.paused.v1"):
    """The bot is quiet in `chat`, or, with no chat, in the whole instance."""

    by: str
    until: int | None = None
    """None: until it is resumed."""
    why: str = ""


class BotResumed(Event, frozen=True, kw_only=True, tag="bot.resumed.v1"):
    """The bot answers again in `chat`, or, with no chat, in the instance."""

    by: str


class ContactChanged(Event, frozen=True, kw_only=True, tag="contact.changed.v1"):
    """Somebody wrote something down about a contact. None: that field stays as it was."""

    by: str
    name: str | None = None
    notes: str | None = None
    vip: bool | None = None


class PersonErased(Event, frozen=True, kw_only=True, tag="person.erased.v1"):
    """All that was known of a person was removed. It names nobody: `chat` is empty."""

    by: str
    request_id: str
    """Of the erasure; whoever asked for it holds it."""
    facts: int
    """Entries that were taken out of the log."""
    keys: int
    """Other keys that were removed or rewritten."""


class BroadcastStarted(Event, frozen=True, kw_only=True, tag="broadcast.started.v1"):
    """A template goes out to a list. Each recipient's `send.requested` names `broadcast_id`."""

    broadcast_id: str
    by: str
    template: str
    recipients: int


class BroadcastStopped(Event, frozen=True, kw_only=True, tag="broadcast.stopped.v1"):
    """No more of it is requested; `left` recipients get nothing."""

    broadcast_id: str
    by: str
    left: int
