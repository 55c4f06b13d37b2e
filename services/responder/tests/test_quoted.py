"""A price or hour in a text is seen however it is written, so that an invented one cannot slip through."""

from decimal import Decimal

import pytest

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.answerer import invented
from responder.answerer.quoted import hours, prices


@pytest.mark.parametrize(
    ("text", "amount"),
    [("R$ 1.234,00", "1234.00"), ("R$ 1,234.00", "1234.00"), ("R$180", "180.00"), ("R$ 1.200", "1200.00"),
     ("50 reais", "50.00"), ("R$ 45,50.", "45.50"), ("90 reales", "90.00")],
)  # fmt: skip
def test_an_amount_is_read_in_either_notation(text: str, amount: str) -> None:
    assert prices(text) == {Decimal(amount)}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("8h", {480}), ("das 8h às 13h30", {480, 810}), ("de 8:00 a 24:00", {480, 1440}), ("8 am to 1:30 pm", {480, 810}),
     ("12 pm and 12 am", {720, 0}), ("30 minutos, 25/11, R$ 45,00, 192, 5%", set()), ("8 horas de jejum", set())],
)  # fmt: skip
def test_an_hour_is_read_in_each_language(text: str, minutes: set[int]) -> None:
    assert hours(text) == minutes


def test_what_the_files_do_not_hold_is_named(clinic: Clinic, knowledge: Knowledge) -> None:
    assert invented("Limpeza: R$ 180,00, das 8h às 12h.", clinic, knowledge) == set()
    assert invented("Limpeza: R$ 181,00, até 22h15.", clinic, knowledge) == {"R$ 181.00", "22:15"}
