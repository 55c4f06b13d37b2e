"""Whom is it to? A number with its country code, as people write it, or WhatsApp's own address of a person."""

import re

from admin.http.problems import Problem

_PUNCTUATION = str.maketrans("", "", " ().-/\u00a0")
_PHONE = re.compile(r"[1-9]\d{7,14}", re.ASCII)  # E.164: at most 15 digits, no country code begins with 0
_LID = re.compile(r"\d{5,20}@lid", re.ASCII)


def recipient(to: str) -> str:
    """Phone digits or `<digits>@lid`, which names the chat and is what the gateway is given. Raises Problem 400."""
    if _LID.fullmatch(to):
        return to
    digits = to.removesuffix("@s.whatsapp.net").translate(_PUNCTUATION).removeprefix("+")
    if not _PHONE.fullmatch(digits):
        detail = "`to` is a phone number with its country code, such as 5511987654321: 8 to 15 digits, no leading 0"
        raise Problem(400, detail, parameter="to")
    return digits
