"""When does WhatsApp want no more new contacts, and what is written to nobody new until then?

WhatsApp limits how many people who never wrote to a number it may write to (error 463, "reach-out time-lock"). It tells
in two ways. The gateway may name it in its answer. Evolution API 2.3 does not: it answers 201, and later a receipt says
ERROR and no more; so several such errors for first messages to new contacts count as the limit, too. Either sets one
pause for the instance, which all replicas read before each attempt. Replies, and whoever wrote to the clinic, go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sender.sent import Sent
from sender.settings import SenderSettings
from shared.clock import Clock
from shared.events import SendRequested
from shared.events.spelling import written_ways
from shared.streams import keys
from shared.streams.delivery import Mark, Member, State
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

REFUSALS_LIFE_MS = 3_600_000  # errors further apart than an hour are no pattern
WHY_PAUSED = "WhatsApp's limit on new contacts"
WHY_SPENT = "the day's budget for new contacts is spent"

_log = logs.get(__name__)


@dataclass(frozen=True)
class NewContacts:
    """Sets the pause."""

    scripts: Scripts
    settings: SenderSettings
    clock: Clock

    def __post_init__(self) -> None:
        for cause in ("answer", "receipts"):
            metrics.NEW_CONTACT_PAUSES.labels(cause)  # at 0, so that the first one counts as a rise

    def pause(self, instance: str, cause: str) -> tuple[Mark, int]:
        """What sets it when it is committed, and when it ends (ms). `cause` is `answer` or `receipts`."""
        pause_ms = self.settings.wa_new_contacts_pause_s * 1000
        until = self.clock.now_ms() + pause_ms
        metrics.NEW_CONTACT_PAUSES.labels(cause).inc()
        _log.warning("new_contacts_paused", instance=instance, cause=cause, pause_s=pause_ms // 1000)
        return Mark(keys.new_contacts_paused(instance), str(until), pause_ms), until

    async def error_told(self, instance: str, sent: Sent) -> tuple[Sequence[State], Sequence[Mark], Sequence[Member]]:
        """What follows from an ERROR receipt for `sent`: when it was a first message, its chat is new again."""
        enough = self.settings.wa_new_contacts_refusals
        if not sent.to_new_contact:
            return (), (), ()
        known = {name.decode() for name in await self.scripts.call("HKEYS", keys.refusals(instance))}
        refused = State(keys.refusals(instance), {sent.send_id: 1}, REFUSALS_LIFE_MS)
        pause = (self.pause(instance, "receipts")[0],) if enough and len(known | {sent.send_id}) >= enough else ()
        return (refused,), pause, tuple(Member(keys.contacts(instance), name, present=False) for name in _names(sent))


def known_contact(event: SendRequested) -> Member:
    """WhatsApp took a message for this chat: it is no new contact any more."""
    return Member(keys.contacts(event.instance), event.chat)


def _names(sent: Sent) -> tuple[str, ...]:
    return written_ways(sent.chat)
