"""Hours, days, names and several questions at once are understood as patients say them."""

from datetime import date, datetime
from pathlib import Path

import pytest

from clinic import Clinic, load
from clinic.knowledge import Knowledge
from responder.answerer import answer
from responder.answerer.clauses import clauses
from responder.answerer.clock import minute_of
from responder.answerer.easter import holy_week

NOW = datetime.fromisoformat("2026-11-24T10:00:00-03:00")


@pytest.mark.parametrize(
    ("raw", "minute"),
    [
        ("today after 6", 18 * 60),
        ("as 7 da noite", 19 * 60),
        ("a las 8 de la manana", 8 * 60),
        ("at 8", 8 * 60),
        ("at 8 in the evening", 20 * 60),
        ("as 15h30", 15 * 60 + 30),
        ("at 12 am", 0),
        ("at 12 pm", 12 * 60),
        ("antes das 9", 9 * 60 - 1),
        ("de 3 a 5 pessoas", None),
        ("at 25h", None),
    ],
)
def test_an_hour_is_of_the_half_of_the_day_that_is_meant(raw: str, minute: int | None) -> None:
    assert minute_of(raw) == minute


@pytest.mark.parametrize(
    ("today", "thursday"),
    [
        (date(2026, 11, 24), date(2027, 3, 25)),
        (date(2027, 3, 28), date(2027, 3, 25)),
        (date(2027, 3, 29), date(2028, 4, 13)),
    ],
)
def test_easter_week_is_the_coming_one(today: date, thursday: date) -> None:
    assert next(holy_week("abren en semana santa", today)) == thursday
    assert not list(holy_week("abren en la semana", today))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("quería saber el precio de la limpieza y si tienen estacionamiento", 2),
        ("Hey, do you take Vida Plena and how long does the ECG take?", 2),
        ("oi, bom dia, vocês abrem sábado?", 1),
        ("i don't have insurance, how much is a gp?", 1),
        ("limpeza e clareamento", 0),
    ],
)
def test_a_message_is_cut_where_another_question_begins(text: str, asked: int) -> None:
    assert sum(one.asks for one in clauses(text)) == asked


def reply(clinic: Clinic, text: str) -> str:
    return answer(text, clinic=clinic, knowledge=Knowledge.build(clinic), now=NOW).text


@pytest.fixture(scope="module")
def dental() -> Clinic:
    return load(Path(__file__).resolve().parents[3] / "clinics" / "dosplazas.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("una panorámica y una limpieza, cuánto es?", ("R$ 115,00", "R$ 205,00")),  # the second by its first word
        ("is the first visit free?", ("R$ 120.00",)),  # `first appointment` by what it means
        ("qué precio tiene la ortodoncia?", ("brackets metálicos", "alineadores")),  # several: asked back
        ("cuánto sale ponerme brackets?", ("metálicos", "estéticos")),  # a verb names no other service
        ("la corona está incluida en el conducto?", ("se cobra aparte",)),  # its note speaks of it
        ("qué me hacen en la primera consulta?", ("presupuesto por escrito",)),  # a section by its heading
        ("fecham às 18h hoje?", ("15h às 20h",)),  # no yes or no that could be taken either way
        ("están abiertos a las 13?", ("No, a esa hora",)),
        ("me pasás el mail?", ("hola@dosplazas.example",)),
        ("no voy a poder ir mañana", ("recepción", "48 horas")),
    ],
)
def test_what_is_meant_is_found(dental: Clinic, text: str, told: tuple[str, ...]) -> None:
    said = reply(dental, text)
    assert all(part in said for part in told), said


@pytest.mark.parametrize(
    "text",
    [
        "puedo comer normal después de la limpieza?",  # the rule after an extraction is not the one after a cleaning
        "qué marca de implantes usan?",
        "me pasás el teléfono de la paciente Ana Souza?",
        "na minha radiografia apareceu alguma coisa?",
        "a qué hora es mi cita?",
        "quién es el dueño?",
    ],
)
def test_what_the_files_do_not_say_is_not_told(dental: Clinic, text: str) -> None:
    found = answer(text, clinic=dental, knowledge=Knowledge.build(dental), now=NOW)
    assert (found.kind, found.wants_person) == ("unknown", True)


def test_a_holiday_is_found_as_people_say_it(clinic: Clinic) -> None:
    assert "Quarta-feira de Cinzas" in reply(clinic, "quarta de cinzas abre que horas?")


def test_a_despairing_patient_is_not_taken_off_a_list(clinic: Clinic) -> None:
    found = answer("não quero mais viver, parem de mandar mensagem", clinic=clinic,
                   knowledge=Knowledge.build(clinic), now=NOW)  # fmt: skip
    assert found.kind == "emergency"
