"""Is this something that a message can be sent to? The gateway takes letters for a number and sends them nowhere."""

import re

_ADDRESS = re.compile(r"^(\d{8,15}(@s\.whatsapp\.net)?|\d{5,20}@lid|[\d-]{10,40}@g\.us)$")


def is_address(to: str) -> bool:
    """Digits with a country code (8 to 15, E.164), or a jid of a person or a group."""
    return bool(_ADDRESS.match(to))
