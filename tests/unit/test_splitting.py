"""Is a long text cut where a person would, with none of its words lost?"""

from hypothesis import given
from hypothesis import strategies as st

from shared.events import TEXT_LIMIT, split_text

TEXTS = st.text(alphabet=st.sampled_from("ab .!?\n…é\u0301👩\u200d⚕️👍🏽"), max_size=400)


def test_a_short_text_is_one_part() -> None:
    assert split_text("oi") == ["oi"]
    assert split_text("x" * TEXT_LIMIT) == ["x" * TEXT_LIMIT]
    assert split_text("") == [""]


def test_a_cut_is_after_the_last_sentence_that_fits() -> None:
    assert split_text("Um. Dois! Três? Quatro.", 16) == ["Um. Dois! Três?", "Quatro."]


def test_a_paragraph_goes_before_a_sentence() -> None:
    assert split_text("Primeiro. Ainda.\n\nSegundo. Mais um pouco.", 30) == [
        "Primeiro. Ainda.",
        "Segundo. Mais um pouco.",
    ]


def test_a_paragraph_that_would_leave_almost_nothing_does_not() -> None:
    assert split_text("A\n\n" + "palavra " * 8, 40)[0] == "A\n\n" + "palavra palavra palavra palavra"


def test_without_a_sentence_it_is_between_words_and_without_words_between_letters() -> None:
    assert split_text("um dois tres quatro", 9) == ["um dois", "tres", "quatro"]
    assert split_text("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_an_emoji_and_an_accent_stay_in_one_piece() -> None:
    doctor = "👩\u200d⚕️"
    assert all(part.count("👩") == part.count("⚕") for part in split_text(doctor * 6, 10))
    assert all(not part.startswith("\u0301") for part in split_text("e\u0301" * 20, 9))


@given(TEXTS, st.integers(min_value=5, max_value=40))
def test_no_part_is_too_long_or_empty_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part for part in parts) or parts == [text]
