"""Is it said in the reader's language why a message was not sent?"""

import pytest

from admin.page.failings import said
from admin.page.words import LANGUAGES, Language, Words
from admin.streams.operations.set_aside import REASON

REASONS = (
    "the number is not on WhatsApp",
    "the patient wants no proactive messages",
    "not a phone number",
    "a text of 5000 characters; WhatsApp takes 4096",
    "400 Bad Request; unsupported image format",
    "number not on WhatsApp",
    "its upload could not be read: Timeout",
    "its time was over",
    "this process stood still before the call",
    "the gateway cannot be reached: refused",
    "no answer within 30 s",
    "the connection broke: reset",
    "the day's budget for new contacts is spent",
    "WhatsApp's limit on new contacts",
    "its entry was deleted from the stream while it waited",
    "500 Connection Closed",
    "400 Error: Timed Out",
    "quiet hours",
    REASON,
    "it came from 'wa:{x}:gone', which nobody works; discard it",
    "its bytes are no event (truncated); discard it",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_said_in_every_language(language: Language) -> None:
    assert [reason for reason in REASONS if not said(Words(language), reason)] == []


def test_in_words() -> None:
    pt = Words("pt")
    assert said(pt, "400 unsupported image format") == "o gateway respondeu 400: unsupported image format"
    assert said(pt, REASON) == "a fila foi pulada"
    assert said(pt, "KeyError: 'x'") is None
