"""The scorer tells right from wrong, and a refusal that was due from one that was not."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.eval.language import clearly
from tests.eval.questions import Expect, Question
from tests.eval.report import confusion, good_share, report
from tests.eval.score import Score, score, states

CLINICS = Path(__file__).resolve().parents[2] / "clinics"
UNKNOWN = "Não tenho essa informação aqui e não quero arriscar. Posso chamar alguém da recepção para responder?"


class Said(NamedTuple):
    """An answer made by hand."""

    text: str
    kind: str
    language: str = "pt"
    wants_person: bool = False


PRICE = Question(
    id="price",
    clinic="demo",
    category="price",
    lang="pt",
    now=datetime.fromisoformat("2026-11-24T10:00:00-03:00"),
    text="qto custa a limpeza de pele?",
    expect=Expect(kind=("price",), language=("pt",), all_of=("R$ 150",), none_of=("R$ 180",)),
    half="tune",
)


def asking(text: str = "", **expect: object) -> Question:
    changed = msgspec.structs.replace(PRICE.expect, **{"all_of": (), "none_of": (), **expect})
    return msgspec.structs.replace(PRICE, text=text or PRICE.text, expect=changed)


MRI = asking("fazem ressonancia?", kind=("unknown", "person"), refuse=True)
CHEST = asking("dor no peito", kind=("emergency",), all_of=("192",), person=True)
WHICH = asking("quanto custa a limpeza?", kind=("ask_back", "price"), any_of=("/dental.*pele|pele.*dental/",))


def judged(question: Question, said: Said) -> Score:
    return score(question, said, clinics=CLINICS)


@pytest.mark.parametrize(
    ("question", "said", "outcome"),
    [
        (PRICE, Said("A limpeza de pele custa R$ 150,00.", "price"), "right"),
        (PRICE, Said("Limpeza de pele: *R$ 150*, 60 min.", "service"), "right"),  # another telling kind
        (PRICE, Said("A limpeza custa R$ 180,00.", "price"), "wrong"),
        (PRICE, Said("Limpeza dental R$ 180, de pele R$ 150.", "price"), "wrong"),  # forbidden besides
        (PRICE, Said("A limpeza de pele custa R$ 155,00.", "price"), "wrong"),
        (PRICE, Said("A limpeza de pele custa R$ 150,00, com 30% de desconto.", "price"), "wrong"),  # half invented
        (PRICE, Said("Facial cleansing is R$ 150.00 and you can come any time you want.", "price"), "wrong"),
        (PRICE, Said("A limpeza de pele custa R$ 150,00.", "price", language="en"), "wrong"),
        (PRICE, Said("A limpeza de pele custa R$ 150,00.", "ask_back"), "wrong"),
        (PRICE, Said(UNKNOWN, "unknown"), "wrongly refused"),
        (PRICE, Said("Claro! Vou chamar alguém.", "person", wants_person=True), "wrongly refused"),
        (PRICE, Said("", "price"), "wrong"),
        (MRI, Said(UNKNOWN, "unknown"), "rightly refused"),
        (MRI, Said("Vou chamar alguém da recepção.", "person", wants_person=True), "rightly refused"),
        (MRI, Said("Sim, fazemos!", "service"), "wrong"),
        (MRI, Said("Não sei, mas costuma custar R$ 900.", "unknown"), "wrong"),  # a refusal that invents
        (CHEST, Said("Ligue para o SAMU (192).", "emergency", wants_person=True), "right"),
        (CHEST, Said("Ligue para o SAMU (192).", "emergency"), "wrong"),  # nobody called
        (CHEST, Said("Ligue para o SAMU (192).", "knowledge", wants_person=True), "wrong"),
        (CHEST, Said("Ligue para o 193 agora.", "emergency", wants_person=True), "wrong"),
        (CHEST, Said(UNKNOWN, "unknown"), "wrongly refused"),
        (WHICH, Said("Limpeza dental ou limpeza de pele?", "ask_back"), "right"),
        (WHICH, Said("Limpeza dental: R$ 180. Limpeza de pele: R$ 150.", "price"), "right"),
        (WHICH, Said("A limpeza dental custa R$ 180.", "price"), "wrong"),
    ],
)
def test_an_answer_is_judged(question: Question, said: Said, outcome: str) -> None:
    found = judged(question, said)
    assert found.outcome == outcome, found.faults
    assert found.good == (outcome in ("right", "rightly refused"))


def test_any_acceptable_refusal_counts_as_right_where_a_fact_would_do_too() -> None:
    plan = asking("aceita unimed?", kind=("insurance", "unknown"), any_of=("vida plena", "~refusal"))
    assert judged(plan, Said(UNKNOWN, "unknown")).outcome == "right"
    assert judged(plan, Said("Atendemos Vida Plena, Saúde Serena e Sorriso Mais.", "insurance")).outcome == "right"
    assert judged(plan, Said("Sim!", "insurance")).outcome == "wrong"


def test_every_fault_is_named() -> None:
    faults = judged(PRICE, Said("Cleaning is R$ 180 and we open at 5 am on all of the days.", "unknown")).faults
    assert [fault.split()[0] for fault in faults] == ["missing", "forbidden", "kind", "language", "invented"]


@pytest.mark.parametrize(
    ("expected", "said", "holds"),
    [
        ("R$ 1.200", "R$ 1,200.00", True),
        ("R$ 1", "R$ 180", False),
        ("R$ 15", "R$ 150", False),
        ("08:00", "das 8h às 12h", True),
        ("08:00", "8 am", True),
        ("08:00", "18:00", False),
        ("24 horas", "at least 24 hours ahead", True),
        ("5%", "15%", False),
        ("5%", "5 % de desconto", True),
        ("+55 11 5550-0100", "+55 (11) 5550 0100", True),
        ("192", "1925", False),
        ("Cartão", "aceitamos CARTAO", True),
        ("subsolo", "no  sub-solo", False),
        ("/p(a)?ediatric/", "Paediatrician", True),
        ("~closed", "Domingo estamos fechados.", True),
        ("~closed", "Los domingos no abrimos.", True),
        ("~closed", "We are not open.", True),
        ("~closed", "Estamos abertos até as 12h.", False),
        ("~closed_now", "Estamos abertos. Fechados aos domingos.", False),
        ("~booked", "Está marcado para amanhã!", True),
        ("~booked", "A recepção confirma o horário.", False),
    ],
)
def test_an_expected_fact_is_found_in_any_writing(expected: str, said: str, holds: bool) -> None:
    assert states(said, expected) is holds


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Não tenho essa informação aqui e não quero arriscar.", "pt"),
        ("La limpieza dental sale R$ 205 y dura 45 minutos; no hace falta ayuno.", "es"),
        ("We are open from Monday to Friday, and you can pay by card.", "en"),
        ("Tratamento de canal: a partir de R$ 720,00. A coroa é cobrada à parte.", None),
        ("Horario: 08:00, no para.", None),
        ("R$ 150", None),
        ("OK!", None),
    ],
)
def test_a_clear_language_is_told_and_a_short_text_is_not(text: str, language: str | None) -> None:
    assert clearly(text) == language


def test_an_untranslated_section_may_be_told_in_the_first_language() -> None:
    either = asking(kind=("knowledge",), language=("en", "es"))
    assert judged(either, Said("Los instrumentos se esterilizan y los paquetes se abren.", "knowledge", "es")).good
    assert not judged(either, Said("Os instrumentos são limpos e você vê os pacotes.", "knowledge", "pt")).good


def test_the_held_back_half_is_counted_and_not_shown() -> None:
    tune = judged(PRICE, Said("tune answer", "price"))
    unseen = msgspec.structs.replace(PRICE, id="unseen", half="held")
    held = judged(unseen, Said("held answer", "price"))
    shown = report([tune, held], show_held=False)
    assert "tune answer" in shown
    assert "held answer" not in shown
    assert "unseen" not in shown
    assert "first held: 1 of 1 not good" in shown
    assert "held answer" in report([tune, held], show_held=True)


def test_the_confusion_table_sets_expected_against_given() -> None:
    right = judged(PRICE, Said("R$ 150", "price"))
    refused = judged(PRICE, Said(UNKNOWN, "unknown"))
    row = next(line for line in confusion([right, refused, refused]) if line.startswith("price"))
    assert sorted(row.split()) == sorted(["price", "1", "2", *["·"] * 11])


def test_the_share_of_good_answers_is_what_the_threshold_looks_at() -> None:
    right = judged(PRICE, Said("R$ 150", "price"))
    wrong = judged(PRICE, Said("R$ 180", "price"))
    assert good_share([right, right, right, wrong]) == 0.75
