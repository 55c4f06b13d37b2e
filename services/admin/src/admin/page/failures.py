"""Why was something not sent, in the reader's language? By the shapes of the sender's English sentences."""

from collections.abc import Mapping

from admin.page.shapes import Shapes
from admin.page.words import Words

SHAPES: Mapping[str, str] = {
    "no_whatsapp": r"(?:the )?number (?:is )?not on WhatsApp",
    "no_number": r"not a phone number",
    "too_long": r"a text of (?P<n>\d+) characters; WhatsApp takes (?P<most>\d+)",
    "upload_gone": r"its upload is not kept any more",
    "upload_unread": r"its upload could not be read: .+",
    "opted_out": r"the patient wants no proactive messages",
    "too_late": r"its time was over",
    "refused_later": r"WhatsApp reported an error after the acceptance",
    "unproven": r"whether it was sent could not be proven|no proof of it came",
    "stood_still": r"this process stood still before the call",
    "unreachable": r"the gateway cannot be reached: .+",
    "no_answer": r"no answer within (?P<n>\d+) s",
    "broke": r"the connection broke: .+",
    "contacts_spent": r"the day's budget for new contacts is spent",
    "contacts_paused": r"WhatsApp's limit on new contacts",
    "trimmed": r"its entry was deleted from the stream while it waited",
    "not_connected": r"\d{3} .*(?:Connection (?:Closed|Terminated|Lost)|connection was lost).*",
    "timed_out": r"(?:\d{3} )?.*Timed Out.*",
}


def said(t: Words, reason: str) -> str | None:
    """The reason in the reader's language; None when its shape is not known, and it stays as it is."""
    return _SAID.said(t, reason)


def _value(_t: Words, what: str, value: str) -> str | int:
    return int(value) if what in ("n", "most") else value


_SAID = Shapes("failure", SHAPES, _value)
