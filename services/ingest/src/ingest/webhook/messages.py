"""Who wrote what? `messages.upsert` becomes a message, `send.message` the echo of one that we sent."""

import msgspec

from ingest.webhook import clean, content, wire
from ingest.webhook.chat import Chat
from ingest.webhook.content import Said
from ingest.webhook.errors import decoded
from ingest.webhook.hook import Hook, message_id
from ingest.webhook.names import Reason
from ingest.webhook.record import Echo, Record
from shared.events import MessageReceived, SendEchoed, media_digest, text_digest

UNSUPPORTED = Said(kind="unsupported")
QUARTER_MS = 900_000  # clocks of all time zones agree on what is left of it
ROUNDED_MS = 60_000  # so much "before" the hand-over is a rounded second, or a clock between two machines of theirs
_NO_CONTENT = {"messageContextInfo", "senderKeyDistributionMessage"}
_upsert = msgspec.json.Decoder(wire.Upsert)
_skeleton = msgspec.json.Decoder(wire.Skeleton)


class _Head(msgspec.Struct, frozen=True, gc=False):
    told: wire.Upsert | wire.Skeleton
    chat: Chat
    id: str


def received(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """A person wrote: the patient, or the clinic's staff on the phone (`fromMe`)."""
    head = _head(hook, raw, place)
    if isinstance(head, str):
        return head
    said = _what_a_person_said(head.told, hook.reactions)
    if said is None:
        said = UNSUPPORTED if _has_content(raw, place) else "no_content"
    if isinstance(said, str):
        return said
    event = _message(hook, head, said)
    return Record(event=event, dedupe=head.id, work=event.author == "patient")


def echoed(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """The gateway handed a message of ours to WhatsApp."""
    head = _head(hook, raw, place)
    if isinstance(head, str):
        return head
    said = _said(head.told) or UNSUPPORTED
    if isinstance(said, str):
        return said
    digest = _digest(head.told, said)
    event = SendEchoed(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(_sent_ms(head.told)),
        recorded_at=hook.now,
        chat=head.chat.id,
        message_id=head.id,
        content_digest=digest,
    )
    echo = Echo(chats=head.chat.names, message_id=head.id, digest=digest, at=_handed_over(hook, head.told))
    return Record(event=event, dedupe=f"echo:{head.id}", echo=echo)


def _digest(told: wire.Upsert | wire.Skeleton, said: Said) -> str:
    """As `content_digest` of what we asked the gateway to send."""
    if said.kind == "text":
        return text_digest(said.text)
    kind, words = content.menu(told.message) if isinstance(told, wire.Upsert) and told.message else ("", "")
    return media_digest(kind, words) if kind else media_digest(said.kind, said.text)


def _message(hook: Hook, head: _Head, said: Said) -> MessageReceived:
    return MessageReceived(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(_sent_ms(head.told)),
        recorded_at=hook.now,
        chat=head.chat.id,
        message_id=head.id,
        author="staff" if head.told.key.from_me else "patient",
        kind=said.kind,
        text=said.text,
        choice_id=said.choice_id,
        sender_name=clean.line(head.told.push_name),
        reply_to=head.chat.reply_to,
        lid=head.chat.lid,
        quoted_id=said.quoted_id,
        attachment=said.attachment,
        forwarded_from_ad=said.from_ad,
    )


def _head(hook: Hook, raw: msgspec.Raw, place: str) -> _Head | Reason:
    """The message with its chat and id, or why it has none."""
    told = _open(raw, place)
    chat = hook.chat(told.key)
    if isinstance(chat, str):
        return chat
    id_ = message_id(told.key.id, f"{place}.key.id")
    return _Head(told, chat, id_) if id_ else "no_message_id"


def _open(raw: msgspec.Raw, place: str) -> wire.Upsert | wire.Skeleton:
    """The message in `raw`, or its skeleton when its content is not as expected: the patient wrote all the same."""
    try:
        return _upsert.decode(raw)
    except (ValueError, RecursionError):
        return decoded(_skeleton, raw, place)


def _what_a_person_said(told: wire.Upsert | wire.Skeleton, reactions: bool) -> Said | Reason | None:
    said = _said(told) if told.message else None
    if isinstance(said, Said) and said.kind == "reaction" and not reactions:
        return "reaction"
    return said


def _said(told: wire.Upsert | wire.Skeleton) -> Said | Reason | None:
    if isinstance(told, wire.Skeleton):
        return None
    said = content.read(told.message) if told.message else None
    if said is None:
        return content.by_type(told.message_type)
    return content.with_context(said, told.context_info) if isinstance(said, Said) else said


def _has_content(raw: msgspec.Raw, place: str) -> bool:
    """Whether there is more than what surrounds content.

    A message that WhatsApp could not decrypt yet comes without any, and again, whole, under the same id: the first
    must not be what the second is a duplicate of.
    """
    message = decoded(_skeleton, raw, place).message
    return bool(message and message.keys() - _NO_CONTENT)


def _handed_over(hook: Hook, told: wire.Upsert | wire.Skeleton) -> int:
    """When the gateway handed it over, by our own clock: as long before this webhook as the gateway's clock says.

    The gateway tells its own local time as if it were UTC; what is left of a quarter of an hour is in every zone the
    same. A webhook that comes late makes the hand-over late, too: proof is looked for from a try on, so it is found.
    """
    sent = _sent_ms(told)
    if sent is None or hook.told is None:
        return hook.now
    before = (hook.told - sent) % QUARTER_MS
    return hook.now - (before if before <= QUARTER_MS - ROUNDED_MS else 0)


def _sent_ms(told: wire.Upsert | wire.Skeleton) -> int | None:
    seconds = clean.number(told.message_timestamp)
    return None if seconds is None else seconds * 1000
