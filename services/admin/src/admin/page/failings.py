"""Why was a message not sent, in the reader's language? By the shapes of what the sender and the API say of it."""

from collections.abc import Mapping

from admin.page.shapes import Shapes
from admin.page.words import Words

SHAPES: Mapping[str, str] = {
    "not_on_whatsapp": r"(?:the )?number (?:is )?not on WhatsApp",
    "opted_out": r"the patient wants no proactive messages",
    "no_number": r"not a phone number",
    "too_long": r"a text of (?P<n>\d+) characters; WhatsApp takes (?P<most>\d+)",
    "upload_gone": r"its upload is not kept any more",
    "upload_unread": r"its upload could not be read: .+",
    "too_late": r"its time was over",
    "stood_still": r"this process stood still before the call",
    "unreachable": r"the gateway cannot be reached: .+",
    "no_answer": r"no answer within (?P<n>\d+) s",
    "broke": r"the connection broke: .+",
    "contacts_spent": r"the day's budget for new contacts is spent",
    "contacts_paused": r"WhatsApp's limit on new contacts",
    "trimmed": r"its entry was deleted from the stream while it waited",
    "not_connected": r"\d{3} .*Connection (?:Closed|Terminated|Lost).*",
    "timed_out": r"(?:\d{3} )?.*Timed Out.*",
    "after_accept": r"WhatsApp reported an error after the acceptance",
    "unproven": r"whether it was sent could not be proven",
    "no_proof": r"no proof of it came",
    "skipped": r"skipped by reset-to-latest",
    "no_event": r"its bytes are no event \((?P<why>.*)\); discard it",
    "no_stream": r"it came from '(?P<stream>.*)', which nobody works; discard it",
    "gateway": r"(?P<status>[45]\d\d) (?P<why>.+)",
}


def said(t: Words, reason: str) -> str | None:
    """The reason in the reader's language; None when its shape is not known."""
    return t(f"why.{reason}") if f"why.{reason}" in t else _SAID.said(t, reason)


def _value(_t: Words, what: str, value: str) -> str | int:
    return int(value) if what in ("n", "most") else value


_SAID = Shapes("failing", SHAPES, _value)
