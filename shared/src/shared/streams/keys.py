"""Which Redis keys are there, and of what type? Every key is named here and nowhere else.

The braces stay in the key: they are Redis Cluster's hash tag, so everything of one instance lives in one slot and one
script can touch it. Keys without an instance stand alone: no script joins them with others.
"""

from shared.events.spelling import same_person, written_ways

PREFIX = "wa"
OUTBOUND_GROUP = "wa_workers"
INBOUND_GROUP = "wa_responders"


def _of(instance: str, name: str) -> str:
    return f"{PREFIX}:{{{instance}}}:{name}"


def _of_person(instance: str, name: str, chat_id: str) -> str:
    """One key for all spellings of a number."""
    return _of(instance, f"{name}:{same_person(chat_id)}")


def _by_spelling(instance: str, name: str, chat_id: str) -> tuple[str, ...]:
    """Where the same was kept when it was kept by spelling: read besides, and removed by who writes the one key."""
    one = _of_person(instance, name, chat_id)
    return tuple(key for way in written_ways(chat_id) if (key := _of(instance, f"{name}:{way}")) != one)


_OF_ONE = frozenset(
    {
        "awaiting", "bucket", "cancelled", "chat", "contact", "echoes", "fate", "held", "interrupted", "opted_out",
        "seen", "sent", "staff_spoke", "upload",
    }
)  # fmt: skip


def is_of_one(key: str) -> bool:
    """Whether a key is about one chat, message or file: what is wrong with it is no trouble of the whole instance."""
    kind, one, _ = key.rpartition("}:")[2].partition(":")
    return bool(one) and kind in _OF_ONE


def outbound(instance: str) -> str:
    """Stream: what is to be sent. An entry is removed when it is done with, so the length is the queue's depth."""
    return _of(instance, "stream")


def outbound_vip(instance: str) -> str:
    """Stream: what is to be sent first."""
    return _of(instance, "stream:vip")


def is_vip(stream: str) -> bool:
    """Whether what is on this stream goes first."""
    return stream.endswith("}:stream:vip")


def inbound(instance: str) -> str:
    """Stream: patients' messages that wait for the responder."""
    return _of(instance, "inbound")


def appointments(instance: str) -> str:
    """Stream: appointment requests on their way to the clinic's own system."""
    return _of(instance, "appointments")


def receipts(instance: str) -> str:
    """Stream: receipts of our own messages, and checks of those that have none, to be joined with their sends."""
    return _of(instance, "receipts")


def events(instance: str) -> str:
    """Stream: the log, append-only; trimmed by age and size settings only."""
    return _of(instance, "events")


def dead_letters(instance: str) -> str:
    """Stream: what could not be handled, with the reason and every attempt."""
    return _of(instance, "dlq")


def due(instance: str) -> str:
    """Sorted set: ids of parked work by the time (ms) at which it goes back to its stream."""
    return _of(instance, "due")


def parked(instance: str) -> str:
    """Hash: id of parked work -> the stream it goes back to and its bytes."""
    return _of(instance, "parked")


def seen(instance: str, what: str) -> str:
    """String with a time to live: this was recorded already. Set in the same script as the append."""
    return _of(instance, f"seen:{what}")


def moment_seen(instance: str, message_id: str) -> str:
    """String with a time to live: "one moment" was said in the turn that begins with this event."""
    return seen(instance, f"moment:{message_id}")


def receipt_seen(instance: str, message_id: str, status: str) -> str:
    """String with a time to live: this receipt was recorded; `seen` by the name that ingest gives it."""
    return seen(instance, f"receipt:{message_id}:{status}")


def progress(instance: str) -> str:
    """Hash: stream entry or send id -> the tries so far (MessagePack `Progress`), until it is done with."""
    return _of(instance, "progress")


def bucket(instance: str) -> str:
    """Hash: the token bucket of the instance, in Redis time."""
    return _of(instance, "bucket")


def upload(instance: str, id_: str) -> str:
    """Hash with a time to live: a file that is to be sent: data, mimetype, kind, name; and `only_for` when it is for
    one message: that one's id, empty as long as there is none."""
    return _of(instance, f"upload:{id_}")


def uploads(instance: str) -> str:
    """Sorted set with a time to live: `<id> <bytes>` of the files that are kept, by when (ms) each goes."""
    return _of(instance, "uploads")


def cancelled(instance: str, send_id: str) -> str:
    """String with a time to live: this send was taken back."""
    return _of(instance, f"cancelled:{send_id}")


def limits(instance: str) -> str:
    """Hash: the instance's own pace, which goes before the settings and takes effect at once: tokens_per_second,
    bucket_capacity, recipient_tokens_per_second, new_contacts_per_day."""
    return _of(instance, "limits")


def recipient_bucket(instance: str, chat: str) -> str:
    """Hash: the token bucket of one recipient."""
    return _of(instance, f"bucket:{chat}")


def contacts(instance: str) -> str:
    """Set: chats that wrote to the clinic, or that WhatsApp took a message for; all others are new contacts."""
    return _of(instance, "contacts")


def new_contacts(instance: str, day: str) -> str:
    """Set with a time to live: the new contacts that were written to on `day` (YYYYMMDD, UTC)."""
    return _of(instance, f"new_contacts:{day}")


def new_contacts_paused(instance: str) -> str:
    """String with a time to live: until when (ms) no new contact is written to, because WhatsApp refused one."""
    return _of(instance, "new_contacts_paused")


def refusals(instance: str) -> str:
    """Hash with a time to live: first messages to new contacts (send ids) that WhatsApp gave an error for."""
    return _of(instance, "refusals")


def awaiting(instance: str, chat: str) -> str:
    """Hash with a time to live: ids of parked sends that need not wait once this chat is a known contact."""
    return _of(instance, f"awaiting:{chat}")


def usage(instance: str, day: str) -> str:
    """Hash with a time to live: `tokens` and `micro_usd` of the model on `day` (YYYYMMDD, the clinic's own day).

    A clinic with several instances keeps it under its first.
    """
    return _of(instance, f"usage:{day}")


def lease(instance: str, lane: str) -> str:
    """String with a time to live: who works this lane now, as `<fence>:<replica>`."""
    return _of(instance, f"lease:{lane}")


def fence(instance: str, lane: str) -> str:
    """String: the last fencing number given out for this lane."""
    return _of(instance, f"fence:{lane}")


def assign(instance: str, lane: str) -> str:
    """String with a time to live: the replica that is to have this lane next; its holder lets go for it."""
    return _of(instance, f"assign:{lane}")


def bot(instance: str) -> str:
    """Hash: `paused_until` (ms) and `by`, while staff keep the bot quiet on the whole instance."""
    return _of(instance, "bot")


def chat(instance: str, chat_id: str) -> str:
    """Hash: the chat's state."""
    return _of(instance, f"chat:{chat_id}")


def held(instance: str, chat_id: str) -> str:
    """Hash: `paused_until` (ms) and `taken_by`, while staff keep the bot quiet in this chat.

    It is one for all spellings of a number. Unlike the chat's state it does not expire with the patient's silence:
    without an end it stays until it is ended.
    """
    return _of_person(instance, "held", chat_id)


def staff_spoke(instance: str, chat_id: str) -> str:
    """String with a time to live: when (ms) staff last wrote in this chat, on their phone or here. One for all
    spellings of a number."""
    return _of_person(instance, "staff_spoke", chat_id)


def interrupted(instance: str, chat_id: str) -> str:
    """String with a time to live: when (ms) something was said in a chat that the responder's memory does not hold:
    by staff, by a reminder, by a patient whom nobody answered. One for all spellings of a number."""
    return _of_person(instance, "interrupted", chat_id)


def contact(instance: str, chat_id: str) -> str:
    """Hash: what staff wrote down about a contact: name, notes, vip, and `revision`, which each change counts up.

    One for all spellings of a number. Unlike the chat's state it does not expire.
    """
    return _of_person(instance, "contact", chat_id)


def contact_by_spelling(instance: str, chat_id: str) -> tuple[str, ...]:
    """Hashes: the same, as it was written down under other spellings."""
    return _by_spelling(instance, "contact", chat_id)


def broadcasts(instance: str) -> str:
    """Sorted set: ids of the instance's broadcasts by the time (ms) at which they were asked for."""
    return _of(instance, "broadcasts")


def open_broadcasts(instance: str) -> str:
    """Set: ids of the instance's broadcasts that have not ended."""
    return _of(instance, "broadcasts:open")


def broadcast(instance: str, id_: str) -> str:
    """Hash with a time to live: what a broadcast is (`about`), its `state`, and how many of it are `requested`."""
    return _of(instance, f"broadcast:{id_}")


def broadcast_recipients(instance: str, id_: str) -> str:
    """List: whom a broadcast goes to, in their order; removed when it has ended."""
    return _of(instance, f"broadcast:{id_}:to")


def echoes(instance: str, digest: str) -> str:
    """Sorted set with a time to live: `<key.id> <chat> …` of what the gateway says it sent of this content, by time."""
    return _of(instance, f"echoes:{digest}")


def sent(instance: str, message_id: str) -> str:
    """String with a time to live: WhatsApp's key.id -> the send, for joining receipts: `<id> <attempt> <story> <chat>`,
    and ` new` behind it when it was the first message to a new contact."""
    return _of(instance, f"sent:{message_id}")


def fate(instance: str, send_id: str) -> str:
    """Hash with a time to live: what is known of an accepted send: delivered, read, failed, unconfirmed."""
    return _of(instance, f"fate:{send_id}")


def opted_out(instance: str, chat_id: str) -> str:
    """String: `1` when the patient wants no proactive messages, `0` when they are welcome again. One for all spellings
    of a number."""
    return _of_person(instance, "opted_out", chat_id)


def opted_out_by_spelling(instance: str, chat_id: str) -> tuple[str, ...]:
    """Strings: the same, as it was told under other spellings. A `1` in any of them counts."""
    return _by_spelling(instance, "opted_out", chat_id)


def quiet(instance: str) -> str:
    """Hash: the quiet hours of the instance's clinic (zone, from, until), written by the responder."""
    return _of(instance, "quiet")


def view_head(instance: str) -> str:
    """Hash: which version of the views serves, which is being built, and how far each is (`<version>:position`)."""
    return _of(instance, "view")


VIEW_PARTS = {
    "messages": "hash: id -> the message's state",
    "chats": "hash: chat -> its state",
    "stories": "hash: story -> the log entries that it is made of",
    "ids": "hash: WhatsApp's id -> our message's",
    "days": "hash: `<day> <what>` -> a count",
    "timeline": "sorted set by letter: `<chat> <time> <id>` of every message",
    "recent": "sorted set: chat -> time of its newest word",
    "bot": "sorted set: the same, of chats that the bot answers",
    "wanted": "sorted set: chat that wants a person -> its place, highest first: urgent ones, then the longest waiting",
    "taken": "sorted set: the same, of chats that a person answers",
    "paused": "sorted set: the same, of chats where the bot is paused",
    "lapses": "sorted set: chat -> the end of its pause, if it has one",
    "queue": "sorted set: id of a send that is to go out -> since when",
    "scheduled": "sorted set: id of a send that waits for its time -> that time",
    "failed": "sorted set: id of a send that failed for good -> when",
    "names": "sorted set by letter: `<word> <chat>` for finding a chat by name or number",
}
"""The parts of a version of the views, each with its type."""


def view(instance: str, version: int, part: str) -> str:
    """One of VIEW_PARTS."""
    return _of(instance, f"view:{version}:{part}")


def view_changes(instance: str) -> str:
    """Stream: chats that the views have news of, for pages that are open now."""
    return _of(instance, "view:changes")


def erasing(instance: str) -> str:
    """Hash: id -> an erasure that is under way (JSON). It names the person, and is gone when the erasure is done."""
    return _of(instance, "erasing")


def erasures(instance: str) -> str:
    """Hash: id -> what came of an erasure (JSON). It names nobody."""
    return _of(instance, "erasures")


def rewritten(instance: str, number: int) -> str:
    """Stream: a copy of the log without a person's entries, until it takes the log's place."""
    return _of(instance, f"events:rewritten:{number}")


ERASING = f"{PREFIX}:erasing"
"""Set: instances that have an erasure under way. Only a hint of where to look."""

QUIET = f"{PREFIX}:quiet"
"""Hash: the quiet hours of the clinic that answers for instances which no clinic names."""


def clinic_texts(clinic: str) -> str:
    """Hash: file name -> content of the texts that staff uploaded for a clinic; they go before its files."""
    return f"{PREFIX}:clinic:{clinic}:texts"


CLINICS_VERSION = f"{PREFIX}:clinics:version"
"""String: a counter that every change of an uploaded text increments, after the change."""

BROADCASTING = f"{PREFIX}:broadcasting"
"""Set: instances that have a broadcast under way."""


def vector(model: str, text: str) -> str:
    """String with a time to live: what an embeddings model made of a text (32-bit floats), by digests of both."""
    return f"{PREFIX}:vector:{model}:{text}"


PRESENCE = f"{PREFIX}:presence"
"""Stream: wishes to show "typing…" in a chat. Worth seconds: it is trimmed, and read by any one sender."""
PRESENCE_GROUP = "wa_presence"

WEBHOOKS_REFUSED = f"{PREFIX}:webhooks:refused"
"""Hash with a time to live: what ingest refused for its token within the hour: how many (`count`), and of the newest
when (`at`, ms) and for which `instance`. Written every few seconds at the most, whoever posts."""

DURABLE = f"{PREFIX}:durable"
"""String with a time to live: written by ingest to learn whether what was written before it is on the disk."""

INSTANCES = f"{PREFIX}:instances"
"""Set: every instance that ever had a message."""


def wake(service: str) -> str:
    """Stream: names of instances that have new work for `service`. Only a hint: what it misses, a sweep finds."""
    return f"{PREFIX}:wake:{service}"


WAKE_DUE = f"{PREFIX}:wake:due"
"""Sorted set: instance -> time (ms) of its next due work. Only a hint, like the wake streams."""


def live(service: str, replica: str) -> str:
    """String with a time to live: this replica is alive."""
    return f"{PREFIX}:live:{service}:{replica}"


def live_pattern(service: str) -> str:
    """The pattern that finds every live replica of `service`."""
    return f"{PREFIX}:live:{service}:*"


# ── who may, and who did what (admin) ──────────────────────────────────────────────────────────────────────────────
def _of_none(name: str) -> str:
    """What is of no instance and joined by scripts: `:` cannot be in an instance's name, so none shares this slot."""
    return f"{PREFIX}:{{:}}:{name}"


TOKENS = _of_none("tokens")
"""Hash: a token's digest -> what is known of it (JSON)."""

TOKEN_NAMES = _of_none("tokens:names")
"""Hash: a token's name -> its digest."""

TOKENS_USED = _of_none("tokens:used")
"""Hash: a token's digest -> about when it was last used (ms)."""

AUDIT = _of_none("audit")
"""Stream: `admin.acted` facts that are of no instance: tokens, logins, a clinic's texts."""


def session(digest: str) -> str:
    """Hash with a time to live: a login on the page, by the digest of its id: the token it came from, since when."""
    return _of_none(f"session:{digest}")


def failures(address: str) -> str:
    """String with a time to live: wrong tokens that came from this address (`*`: from anywhere)."""
    return _of_none(f"failures:{address}")


def answer(digest: str) -> str:
    """Hash with a time to live: the answer to a write that came with an Idempotency-Key. Stands alone."""
    return f"{PREFIX}:answer:{digest}"
