"""Whose chat is this, and where does an answer go?"""

import msgspec

from ingest.webhook.names import Reason
from ingest.webhook.wire import Key

_PHONE = frozenset({"", "s.whatsapp.net", "c.us", "hosted"})
_LID = frozenset({"lid", "hosted.lid"})
_OTHER: dict[str, Reason] = {"g.us": "group", "broadcast": "broadcast", "newsletter": "newsletter"}
_DIGITS_MAX = 20  # a phone has at most 15, a LID about as many


class Chat(msgspec.Struct, frozen=True, gc=False):
    """A patient, by every name that the gateway gave."""

    id: str
    """Phone digits, or `<digits>@lid` when the phone is not told."""
    reply_to: str
    """The jid (or, from the EVOLUTION channel, the bare digits) that reaches them: the phone's when it is told."""
    lid: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id, self.lid) if self.lid not in ("", self.id) else (self.id,)


class _Address(msgspec.Struct, frozen=True, gc=False):
    digits: str
    server: str

    def __str__(self) -> str:
        return f"{self.digits}@{self.server}" if self.server else self.digits


def chat_of(key: Key, own: str = "") -> Chat | Reason:
    """The patient that `key` is about, or why it is about none. `own` is the clinic's number.

    For a message of the clinic's staff the gateway may tell the clinic's own phone beside the patient's LID;
    that is not the patient.
    """
    jid = key.remote_jid or ""
    address = _address(jid)
    if address is None:
        return _why_none(jid)
    if address.server in _PHONE:
        return Chat(address.digits, str(address), _lid(key.remote_jid_alt))
    lid = f"{address.digits}@lid"
    for told in (key.remote_jid_alt, key.sender_pn, key.participant_alt, key.participant):
        phone = _address(told) if told else None
        if phone and phone.server in _PHONE and not (key.from_me and same_phone(phone.digits, own)):
            return Chat(phone.digits, str(phone), lid)
    return Chat(lid, str(address), lid)


def digits_of(jid: str) -> str:
    """The phone in `jid`, or nothing."""
    address = _address(jid)
    return address.digits if address and address.server in _PHONE else ""


def same_phone(one: str, other: str) -> bool:
    """Whether two numbers are one: a Brazilian mobile may be written with or without its ninth digit."""
    if one == other:
        return True
    brazilian = one[:2] == other[:2] == "55" and {len(one), len(other)} == {12, 13}
    return brazilian and one[:4] == other[:4] and one[-8:] == other[-8:]


def _address(jid: str) -> _Address | None:
    user, _, server = jid.partition("@")
    digits = user.partition(":")[0].partition("_")[0].removeprefix("+")
    valid = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX and digits.strip("0")
    return _Address(digits, server) if valid and (server in _PHONE or server in _LID) else None


def _lid(jid: str | None) -> str:
    address = _address(jid) if jid else None
    return f"{address.digits}@lid" if address and address.server in _LID else ""


def _why_none(jid: str) -> Reason:
    user, _, server = jid.partition("@")
    if server == "broadcast" and user == "status":
        return "status_broadcast"
    return _OTHER.get(server, "unknown_chat")
