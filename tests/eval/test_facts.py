"""Facts are read the same however they are written, and what the files do not say is noticed."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.eval.dates import wrong_weekdays
from tests.eval.facts import extract
from tests.eval.known import COMMENT, invented
from tests.eval.language import clearly
from tests.eval.text import normal

CLINICS = Path(__file__).resolve().parents[2] / "clinics"
DEMO = CLINICS / "demo.yaml"
NOW = datetime.fromisoformat("2026-11-24T10:00:00-03:00")


def readings(text: str) -> set[tuple[str, str]]:
    return {reading for fact in extract(text) for reading in fact.readings}


def made_up(text: str, question: str = "", clinic: Path = DEMO) -> list[str]:
    return invented(text, clinic=clinic, now=NOW, question=question)


@pytest.mark.parametrize(
    "written",
    [
        "R$ 1.234,00",
        "R$ 1,234.00",
        "R$1234",
        "R$ 1.234",
        "*R$ 1.234,00*",
        "1.234 reais",
        "BRL 1,234.00",
        "R$\u00a01.234",
    ],
)
def test_a_price_is_one_price_however_it_is_written(written: str) -> None:
    assert readings(f"Custa {written}.") == {("price", "BRL 1234.00")}


@pytest.mark.parametrize(
    ("written", "value"),
    [("R$ 42,50", "BRL 42.50"), ("US$ 10", "us$ 10.00"), ("R$ 2 mil", "BRL 2000.00"), ("80 pesos", "pesos 80.00")],
)
def test_cents_thousands_and_other_currencies(written: str, value: str) -> None:
    assert ("price", value) in readings(written)


@pytest.mark.parametrize(
    "written",
    [
        "8:00",
        "08:00",
        "8h",
        "8 h",
        "8h00",
        "8hs",
        "8am",
        "8 am",
        "8 a.m.",
        "às 8 da manhã",
        "a las 8",
        "at 8",
        "08:00h",
    ],
)
def test_a_time_is_one_time_however_it_is_written(written: str) -> None:
    assert ("time", "08:00") in readings(f"Abrimos {written}")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("13h30", "13:30"),
        ("1:30 pm", "13:30"),
        ("1.30pm", "13:30"),
        ("12 pm", "12:00"),
        ("12 am", "00:00"),
        ("24:00", "00:00"),
        ("meio-dia", "12:00"),
        ("às 7 e meia", "19:30"),
        ("half past 7", "07:30"),
    ],
)
def test_half_hours_noon_and_midnight(written: str, value: str) -> None:
    assert ("time", value) in readings(written)


def test_both_ends_of_a_span_of_hours_are_times() -> None:
    for written in ("08:00-12:00", "das 8h às 12h", "8 am to 12 pm", "8:00–12:00", "de 8:00 a 12:00"):
        assert {("time", "08:00"), ("time", "12:00")} <= readings(written), written


@pytest.mark.parametrize(
    "written",
    ["25 de dezembro", "25 de diciembre", "December 25th", "25th of December", "25 December", "25/12", "dec 25"],
)
def test_a_date_is_one_date_however_it_is_written(written: str) -> None:
    assert readings(f"Fechados em {written}.") == {("date", "12-25")}


@pytest.mark.parametrize(
    ("written", "value"),
    [("9/2/2027", "2027-02-09"), ("2027-02-09", "2027-02-09"), ("9 de fevereiro de 2027", "2027-02-09")],
)
def test_a_date_keeps_its_year(written: str, value: str) -> None:
    assert ("date", value) in readings(written)


@pytest.mark.parametrize("written", ["24/7", "Patients under 18 may come", "Veinte dientes", "1 para confirmar"])
def test_what_only_looks_like_a_fact_is_none(written: str) -> None:
    assert not readings(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("30 min", "30 minutes"),
        ("30-minute visit", "30 minutes"),
        ("8 horas", "480 minutes"),
        ("1 h 30 min", "90 minutes"),
        ("2 dias úteis", "2 days"),
        ("2 working days", "2 days"),
        ("entre 18 y 30 meses", "18 months"),
        ("3x sem juros", "3 parts"),
        ("1 año", "1 years"),
    ],
)
def test_a_span_is_read_with_its_unit(written: str, value: str) -> None:
    assert ("span", value) in readings(written)


def test_a_phone_number_is_its_digits() -> None:
    assert readings("+55 11 5550-0100") == {("phone", "551155500100")}
    assert readings("(11) 5550-0100") == {("phone", "1155500100")}


@pytest.mark.parametrize(
    "invention",
    [
        "A limpeza custa R$ 199,00.",
        "It is $ 180.",
        "Abrimos às 7h.",
        "We open at 7am.",
        "Cerramos a las 21:00.",
        "Há 10% de desconto.",
        "Ligue para +55 11 5550-0199.",
        "Ligue para 5550-0199.",
        "Llame al 911.",
        "Ficamos na Rua das Flores, 12.",
        "Ficamos na Rua das Jabuticabeiras, 251.",
        "Fechamos em 3 de março.",
        "Carnaval é 9/2/2028.",
        "Demora 25 minutos.",
        "Em até 10 vezes.",
        "Veja www.outra.example",
        "Escreva para outro@boaesquina.example",
    ],
)
def test_what_the_files_do_not_say_is_invented(invention: str) -> None:
    assert made_up(invention)


@pytest.mark.parametrize(
    "told",
    [
        "A limpeza dental custa R$ 180,00 e leva 45 minutos.",
        "Teeth whitening: R$ 1,200.00, 90 min (1 h 30 min).",
        "Abrimos das 8h às 12h e das 13h30 às 19h.",
        "Monday to Friday 8 am to 12 pm, 1:30 pm to 7 pm.",
        "Há 5% de desconto no Pix.",
        "Ligue para (11) 5550-0100 ou, na emergência, 192.",
        "Rua das Jabuticabeiras, 250, Vila Exemplo",
        "Dia 25/12 (Natal) estamos fechados. Em 9 de fevereiro de 2027 também.",
        "Amanhã, quarta-feira, 25/11, abrimos às 08:00.",
        "https://boaesquina.example/mapa",
        "www.boaesquina.example",
    ],
)
def test_what_the_files_say_is_not_invented(told: str) -> None:
    assert made_up(told) == []


def test_a_question_may_lend_its_day_and_hour_but_not_its_price() -> None:
    assert made_up("Em 3 de março às 22h estamos fechados.", "3 de março às 22h abre?") == []
    assert made_up("Sim, custa R$ 99.", "a limpeza custa R$ 99?")
    assert made_up("Sim, 15%.", "tem 15% né?")


def test_a_date_on_the_wrong_weekday_is_invented() -> None:
    assert made_up("Sexta-feira, 25/11, abrimos às 08:00.")
    assert list(wrong_weekdays(normal("Thursday, December 24"), NOW.date())) == []
    assert list(wrong_weekdays(normal("el viernes 24 de diciembre"), NOW.date()))


@pytest.mark.parametrize("clinic", ["demo", "dosplazas"])
def test_a_clinic_invents_nothing_in_its_own_words(clinic: str) -> None:
    files = [*(CLINICS / clinic).rglob("*.md")]
    assert len(files) >= 8
    for file in files:
        assert made_up(COMMENT.sub("", file.read_text("utf-8")), clinic=CLINICS / f"{clinic}.yaml") == [], file


@pytest.mark.parametrize("file", sorted(CLINICS.rglob("*.md")), ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_no_section_is_taken_for_another_language(file: Path) -> None:
    """A wrong guess would count right answers as wrong; no guess is fine."""
    first = {"demo": "pt", "dosplazas": "es"}[file.parts[-3]]
    language = file.stem.split(".")[1] if "." in file.stem else first
    for section in COMMENT.sub("", file.read_text("utf-8")).split("## ")[1:]:
        assert clearly(section) in (language, None), section


def test_another_clinics_facts_are_inventions() -> None:
    assert made_up("La limpieza sale R$ 205.", clinic=DEMO)
    assert made_up("La limpieza sale R$ 205.", clinic=CLINICS / "dosplazas.yaml") == []
