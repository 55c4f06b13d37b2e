"""Is this something that a message can be sent to? The gateway takes letters for a number and sends them nowhere."""

import re

_ADDRESS = re.compile(r"^(\d{8,15}(@s\.whatsapp\.net)?|\d{5,20}@lid|[\d-]{10,40}@g\.us)$")
_BRAZILIAN_MOBILE = re.compile(r"^55(\d{2})9(\d{8})$")


def is_address(to: str) -> bool:
    """Digits with a country code (8 to 15, E.164), or a jid of a person or a group."""
    return bool(_ADDRESS.match(to))


def written_ways(chat: str) -> tuple[str, ...]:
    """The chat's name with and without a Brazilian mobile's ninth digit, the given one first."""
    short = same_person(chat)
    long = re.sub(r"^55(\d{2})([6-9]\d{7})$", r"55\g<1>9\2", short)
    return tuple(dict.fromkeys((chat, short, long)))


def same_person(chat: str) -> str:
    """The chat's name with a Brazilian mobile's ninth digit taken out, as the gateway may or may not have done."""
    return _BRAZILIAN_MOBILE.sub(r"55\1\2", chat)
