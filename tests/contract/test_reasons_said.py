"""Does the page say in the reader's language why the sender did not send?"""

import pytest

from admin.page import failings
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
    "WhatsApp reported an error after the acceptance": "after_accept",
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
        _answered(400, [{"exists": False, "jid": "1@s.whatsapp.net"}]): "not_on_whatsapp",
        _answered(500, ["Error: Connection Closed"]): "not_connected",
        _answered(400, ["Error: Timed Out"]): "timed_out",
    }
    for reason, name in (REASONS | of_the_gateway).items():
        values = {"n": 30 if "30" in reason else 5000, "most": 4096}
        assert failings.said(t, reason) == t(f"failing.{name}", **values), reason


def test_every_other_shape_is_of_what_the_admin_or_the_gateway_says() -> None:
    of_the_sender = set(REASONS.values()) | {"not_on_whatsapp", "not_connected", "timed_out"}
    assert set(failings.SHAPES) - of_the_sender == {"skipped", "no_event", "no_stream", "no_proof", "gateway"}


def test_what_nobody_foresaw_stays_as_it_is() -> None:
    assert failings.said(Words("pt"), "something new") is None
