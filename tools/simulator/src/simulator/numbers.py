"""Which WhatsApp address does a number become, and is anyone there?"""

from __future__ import annotations

import re

USER, GROUP, LID = "@s.whatsapp.net", "@g.us", "@lid"
NOT_ON_WHATSAPP = frozenset({"5521900000000"})
SHORTEST, LONGEST = 8, 17  # digits; anything longer is read as a group

_BRAZILIAN_MOBILE = re.compile(r"55(\d{2})9([7-9]\d{7})")
_DDD_WITHOUT_NINE = 31


def to_jid(number: str) -> str:
    """The address the gateway makes of what it was given: letters are dropped, whatever remains is taken."""
    if number.endswith((USER, GROUP, LID)) or "@broadcast" in number:
        return number
    bare = re.sub(r"[\s+()]", "", number).split(":")[0].split("@")[0]
    if "-" in bare and len(bare) >= 24:
        return re.sub(r"[^\d-]", "", bare) + GROUP
    digits = re.sub(r"\D", "", bare)
    if len(digits) > LONGEST:
        return digits + GROUP
    return _national(digits) + USER


def _national(digits: str) -> str:
    """Brazil from area code 31 on loses its ninth digit; Mexico and Argentina lose the mobile 1 or 9."""
    mobile = _BRAZILIAN_MOBILE.fullmatch(digits)
    if mobile and int(mobile[1]) >= _DDD_WITHOUT_NINE:
        return f"55{mobile[1]}{mobile[2]}"
    if digits[:2] in ("52", "54") and len(digits) == 13:
        return digits[:2] + digits[3:]
    return digits


def user_of(jid: str) -> str:
    return jid.split("@", maxsplit=1)[0].split(":", maxsplit=1)[0]


def is_person(jid: str) -> bool:
    return jid.endswith(USER)


def exists(jid: str) -> bool:
    user = user_of(jid)
    if jid.endswith(GROUP):
        return not user.startswith("000")
    if not jid.endswith(USER) or not user:
        return True  # a LID is taken as it is; an address with no digits too, as recorded
    return len(user) >= SHORTEST and user not in NOT_ON_WHATSAPP


def goes_nowhere(jid: str) -> bool:
    """Letters for a number: the gateway accepts them and nobody receives anything."""
    return not user_of(jid)
