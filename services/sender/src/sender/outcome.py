"""How did a gateway call end, as far as a sender needs to know?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway took it. `message_id` is WhatsApp's key.id."""

    message_id: str
    jid: str = ""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """WhatsApp took it, and the gateway's database failed after that: never send it again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Permanent:
    """This message can not be sent, now or later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Transient:
    """It was not sent, and may be later. The failure is this message's own."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class NewContactsRefused:
    """It was not sent: WhatsApp lets this number write to nobody new for now (error 463)."""

    reason: str


@dataclass(frozen=True, slots=True)
class InstanceDown:
    """Nothing was sent, and nothing of this instance can be for now."""

    reason: str
    retry_after_s: float | None = None
    unreachable: bool = False
    """True: it is the gateway that is gone, not the instance's connection."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell from the answer, or from its absence, whether WhatsApp has it."""

    reason: str
    unreachable: bool = False
    """True: the gateway did not answer at all, or a proxy answered for it."""


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The gateway refuses us: a key, an instance's name or a licence is wrong. A person must act."""

    reason: str


Outcome = Accepted | Unconfirmed | Permanent | Transient | NewContactsRefused | InstanceDown | Unknown | Misconfigured
