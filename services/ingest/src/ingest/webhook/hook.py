"""What do all facts of one webhook share?"""

import hashlib

import msgspec

from ingest.webhook import clean
from ingest.webhook.chat import Chat, chat_of, digits_of
from ingest.webhook.errors import BadWebhook, explain
from ingest.webhook.names import Reason, canonical
from ingest.webhook.wire import Envelope, Key
from shared import ids
from shared.clock import Clock

ID_MAX = 256
_envelope = msgspec.json.Decoder(Envelope)


class Hook(msgspec.Struct, kw_only=True):
    """One webhook, opened."""

    instance: str
    kind: str
    """The event's canonical name."""
    event: str
    """The event's name as told."""
    data: msgspec.Raw
    now: int
    told: int | None
    """When the gateway emitted it."""
    stamp: str
    """The same for every redelivery, and for nothing else of this kind."""
    own: str
    """The clinic's number, if told."""
    clock: Clock
    reactions: bool

    def new_id(self) -> str:
        return ids.new(self.clock)

    def when(self, at_ms: int | None = None) -> int:
        """`at_ms` if it can be true, else when the gateway emitted this, else now."""
        return clean.plausible(self.now, at_ms, self.told)

    def chat(self, key: Key) -> Chat | Reason:
        return chat_of(key, self.own)


def open_hook(instance: str, body: bytes, clock: Clock, reactions: bool) -> Hook:
    """The webhook in `body`, posted for `instance`.

    Raises BadWebhook when it is not an object, has no event's name, or is another instance's.
    """
    try:
        told = _envelope.decode(body)
    except (ValueError, RecursionError) as error:
        raise explain(error) from error
    if told.instance is not None and told.instance != instance:
        raise BadWebhook(f"instance: the body says {_quoted(told.instance)}, the path says {_quoted(instance)}")
    return Hook(
        instance=instance,
        kind=canonical(told.event),
        event=told.event,
        data=told.data,
        now=clock.now_ms(),
        told=clean.iso_ms(told.date_time),
        stamp=clean.line(told.date_time) or hashlib.blake2b(body, digest_size=12).hexdigest(),
        own=digits_of(told.sender) if isinstance(told.sender, str) else "",
        clock=clock,
        reactions=reactions,
    )


def message_id(told: str | None, place: str) -> str:
    """The id that a key tells; nothing when it tells none.

    It becomes part of Redis keys and of lists parted by spaces, so it has to be one printable word.

    Raises BadWebhook.
    """
    if not told or not told.strip():
        return ""
    if len(told) > ID_MAX or " " in told or not told.isprintable():
        raise BadWebhook(f"{place}: expected at most {ID_MAX} printable characters without a space")
    return told


def _quoted(name: str) -> str:
    return repr(clean.line(name)[:100])
