"""A chat's memory is bounded, belongs to the responder alone, and survives bytes that nobody can read."""

import pytest

from clinic import Clinic
from responder.chat import ChatState, load_state, stored
from responder.chat.state import MOST_LINES, MOST_OLDER
from responder.chat.summary import MOST_LINE, MOST_SUMMARY, Line, extracted
from responder.question import served_first


def after(exchanges: int, words: str = "pergunta") -> ChatState:
    state = ChatState()
    for n in range(exchanges):
        state = state.said(f"{words} {n}. E mais.", f"resposta {n}", n)
    return state


def test_what_is_recent_stays_and_what_grows_old_waits_for_its_summary() -> None:
    state = after(MOST_LINES // 2 + 2)
    assert len(state.recent) == MOST_LINES
    assert [line.text for line in state.older] == [
        "pergunta 0. E mais.",
        "resposta 0",
        "pergunta 1. E mais.",
        "resposta 1",
    ]
    assert state.summary == ""


def test_too_much_that_is_old_is_extracted_and_nothing_grows_for_ever() -> None:
    state = after(200, "p" * 90)
    assert len(state.recent) == MOST_LINES
    assert len(state.older) <= MOST_OLDER
    assert 0 < len(state.summary) <= MOST_SUMMARY


def test_an_extract_has_the_patients_first_sentences_and_loses_the_oldest_first() -> None:
    lines = [Line("patient", "Queria saber. Obrigada.", 1), Line("clinic", "Sim.", 2), Line("patient", "x" * 300, 3)]
    first, second, third = extracted("- antes", lines).splitlines()
    assert (first, second) == ("- antes", "- Queria saber.")
    assert len(third) == MOST_LINE + 2
    assert "antes" not in extracted("- antes", [Line("patient", "y" * 110, n) for n in range(20)])


def test_what_others_write_beside_it_is_read_and_never_written() -> None:
    fields, held = {b"staff_at": b"5", b"vip": b"1"}, {b"paused_until": b"6", b"taken_by": b"ana"}
    state = load_state(fields, {b"paused_until": b"7"}, held)
    assert (state.staff_at, state.paused_until, state.all_paused_until, state.vip) == (5, 6, 7, True)
    kept = stored("i", "c", state).fields["bot"]
    assert isinstance(kept, bytes)
    again = load_state({b"bot": kept}, {}, {})
    assert (again.staff_at, again.paused_until, again.all_paused_until, again.vip) == (0, 0, 0, False)


def test_what_cannot_be_read_is_forgotten() -> None:
    nonsense = {b"bot": b"\xff", b"vip": b"yes"}
    assert load_state(nonsense, {b"paused_until": b""}, {b"paused_until": b"soon"}) == ChatState()


@pytest.mark.parametrize(("chat", "first"), [("5511900000001", True), ("551100000001", True), ("5511900000009", False)])
def test_the_clinics_vips_are_known_however_their_number_is_spelt(clinic: Clinic, chat: str, first: bool) -> None:
    assert "5511900000001" in clinic.vips
    assert served_first(chat, ChatState(), clinic) is first
