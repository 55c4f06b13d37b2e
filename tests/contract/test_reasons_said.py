"""Does the page say in the reader's language why the sender did not send?"""

import pytest

from admin.page import failures
from admin.page.words import LANGUAGES, Words
from sender import clearance, handler, new_contacts
from sender.classify import classify
from sender.outcome import InstanceDown, Permanent, Transient

REASONS = {
    clearance.GONE: "upload_gone",
    handler.TRIMMED: "trimmed",
    new_contacts.WHY_PAUSED: "contacts_paused",
    new_contacts.WHY_SPENT: "contacts_spent",
    "not a phone number": "no_number",
    "a text of 5000 characters; WhatsApp takes 4096": "too_long",
    "the patient wants no proactive messages": "opted_out",
    "its time was over": "too_late",
    "WhatsApp reported an error after the acceptance": "refused_later",
    "whether it was sent could not be proven": "unproven",
    "the gateway cannot be reached: Cannot connect to host": "unreachable",
    "no answer within 30 s": "no_answer",
    "the connection broke: ServerDisconnectedError": "broke",
    "this process stood still before the call": "stood_still",
    "its upload could not be read: timeout": "upload_unread",
}


def _answered(status: int, message: object) -> str:
    outcome = classify(status, {"response": {"message": message}})
    assert isinstance(outcome, Permanent | Transient | InstanceDown)
    return outcome.reason


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reason_of_the_senders_is_said_in_the_readers_language(lang) -> None:
    t = Words(lang)
    of_the_gateway = {
        _answered(400, [{"exists": False, "jid": "1@s.whatsapp.net"}]): "no_whatsapp",
        _answered(500, ["Error: Connection Closed"]): "not_connected",
        _answered(400, ["Error: Timed Out"]): "timed_out",
    }
    for reason, name in (REASONS | of_the_gateway).items():
        values = {"n": 30 if "30" in reason else 5000, "most": 4096}
        assert failures.said(t, reason) == t(f"failure.{name}", **values), reason


def test_every_shape_is_one_that_the_sender_says() -> None:
    assert set(REASONS.values()) | {"no_whatsapp", "not_connected", "timed_out"} == set(failures.SHAPES)


def test_what_nobody_foresaw_stays_as_it_is() -> None:
    assert failures.said(Words("pt"), "400 something new") is None
