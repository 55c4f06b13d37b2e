"""Two spellings of one mobile number are one person, in every country whose numbers the gateway shortens."""

import pytest

from shared.events.spelling import same_person, written_ways

PAIRS = [
    ("5541988887777", "554188887777"),  # Brazil: the ninth digit
    ("5215512345678", "525512345678"),  # Mexico: the 1 of mobiles
    ("5491155556666", "541155556666"),  # Argentina: the 9 of mobiles
]


@pytest.mark.parametrize(("long", "short"), PAIRS)
def test_both_spellings_lead_to_each_other(long: str, short: str) -> None:
    assert written_ways(long) == (long, short)
    assert written_ways(short) == (short, long)
    assert same_person(long) == same_person(short) == short


@pytest.mark.parametrize("chat", ["4915112345678", "551133334444", "15551234567", "123456789012345@lid", "", "5255123"])
def test_other_numbers_have_one_spelling(chat: str) -> None:
    assert written_ways(chat) == (chat,)
    assert same_person(chat) == chat
