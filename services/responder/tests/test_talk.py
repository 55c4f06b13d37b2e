"""What a message leaves out is taken from the chat, and a wish for an appointment is never read as one that stands."""

from datetime import datetime
from pathlib import Path

import pytest

from clinic import Clinic, load
from clinic.knowledge import Knowledge
from responder.answerer import Answer, Talk, answer
from responder.chat import ChatState, conclude
from responder.chat.state import ABOUT_LIFE_MS, REQUEST_LIFE_MS

CLEANING = Talk(about=("limpeza-dental",))
WISH = Talk(requested=True, told="person")


@pytest.fixture
def ask(clinic: Clinic, knowledge: Knowledge, now: datetime):  # type: ignore[no-untyped-def]
    def asked(question: str, talk: Talk = CLEANING, **changes: object) -> Answer:
        given = {"clinic": clinic, "knowledge": knowledge, "now": now, "talk": talk} | changes
        return answer(question, **given)  # type: ignore[arg-type]

    return asked


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("quanto tempo demora?", "Limpeza dental: cerca de 45 minutos."),
        ("¿cuánto dura?", "Limpieza dental: unos 45 minutos."),
        ("how long does it take?", "Dental cleaning: about 45 minutes."),
        ("e o valor?", "Limpeza dental: R$ 180,00."),
        ("quanto custa e quanto tempo leva?", "Limpeza dental: R$ 180,00. Dura cerca de 45 minutos."),
    ],
)
def test_what_has_no_subject_is_asked_of_the_service_before(ask, question: str, told: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(question)
    assert (reply.text, reply.about) == (told, ("limpeza-dental",))


@pytest.mark.parametrize("question", ["quanto tempo demora?", "¿cómo me preparo?", "how long does it take?"])
def test_without_a_service_before_it_is_asked_which_one(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(question, Talk())
    assert (reply.kind, reply.sources) == ("ask_back", ())


@pytest.mark.parametrize(
    "question",
    [
        "quanto custa o estacionamento?",
        "quanto custa o botox?",
        "quanto tempo demora o resultado?",
        "how much is parking?",
    ],
)
def test_what_has_a_subject_of_its_own_is_not_asked_of_the_service_before(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    assert "services.limpeza-dental" not in " ".join(ask(question).sources)


def test_another_of_the_kind_is_named_by_what_differs(ask) -> None:  # type: ignore[no-untyped-def]
    assert "R$ 150,00" in ask("e a de pele?").text
    assert ask("e a de pele?", Talk(about=("limpeza-dental",), prepared=True)).text.startswith("Limpeza de pele: Venha")


def test_a_preparation_that_no_file_holds_is_not_made_up(ask) -> None:  # type: ignore[no-untyped-def]
    reply = ask("como me preparo?")
    assert (reply.kind, reply.wants_person) == ("unknown", True)
    assert reply.text.startswith("Limpeza dental: não tenho um preparo anotado.")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "Quanto tempo leva a limpeza de pele e precisa de preparo?",
            "Limpeza de pele: cerca de 60 minutos. Preparo: Venha",
        ),
        (
            "qual o preço da limpeza dental e quanto tempo demora?",
            "Limpeza dental: R$ 180,00. Dura cerca de 45 minutos.",
        ),
        (
            "quanto custa a vacina hpv e quanto tempo demora?",
            "R$ 890,00. O valor é por dose. Dura cerca de 15 minutos.",
        ),
        ("how long does the facial take and how much is it?", "Facial cleansing: about 60 minutes. Price: R$ 150.00."),
    ],
)
def test_two_facts_of_one_service_stand_under_its_name_once(ask, question: str, told: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(question, Talk())
    assert told in reply.text
    assert "\n" not in reply.text


def test_a_length_goes_before_a_text_and_how_often_is_no_length(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("quanto tempo demora a limpeza dental?", Talk()).text == "Limpeza dental: cerca de 45 minutos."
    assert "6 meses" in ask("de quanto em quanto tempo devo fazer limpeza dental?", Talk()).text


@pytest.mark.parametrize(
    "text",
    ["quinta de manhã", "pode ser sexta às 10h?", "sexta às 10h", "¿puede ser el viernes a las 10?", "any morning",
     "Friday at 10 am works", "pode confirmar pra sexta?",
     "Carlos Souza", "me llamo Ana Ruiz", "posso ir sexta às 10h?", "limpeza de pele"],
)  # fmt: skip
def test_more_of_a_wish_goes_to_the_front_desk_and_is_confirmed_by_nobody_else(ask, clinic: Clinic, text: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(text, WISH)
    assert (reply.kind, reply.books) == ("person", True)
    assert not reply.text.startswith(("Sim", "Sí", "Yes"))
    before = ChatState(requested=("quero marcar",))
    end = conclude(reply, before, clinic, question=text, is_open=True)
    assert end.why == f"appointment: quero marcar; {text}"
    assert end.state.talk.requested


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vocês abrem sábado?", "hours"), ("quanto custa a limpeza de pele?", "price"), ("obrigada!", "thanks"),
        ("tem estacionamento?", "knowledge"), ("onde vocês ficam?", "address"), ("dor no peito", "emergency"),
        ("aceita Vida Plena?", "insurance"), ("bom dia", "greeting"), ("SAIR", "optout"),
    ],
)  # fmt: skip
def test_what_has_an_answer_of_its_own_gets_it_beside_a_wish(ask, text: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(text, WISH).kind == kind


def test_opening_hours_are_told_as_no_word_on_the_appointment(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("vocês abrem sexta às 10h?", WISH).text.endswith("O seu horário quem confirma é a recepção.")
    after_hours = Talk(requested=True, told="hours")
    assert ask("e domingo?", after_hours).kind == "hours"
    assert ask("sexta às 10h então", after_hours).books


def test_a_chat_is_about_its_service_until_something_else_or_half_an_hour(clinic: Clinic) -> None:
    def after(state: ChatState, kind: str, about: tuple[str, ...] = ()) -> ChatState:
        said = Answer("x", "pt", kind, (), 1.0, kind == "unknown", about)  # type: ignore[arg-type]
        return conclude(said, state, clinic, question="x", is_open=True).state

    named = after(ChatState(spoke_at=1), "price", ("canal",))
    assert after(named, "hours").about == after(named, "thanks").about == ("canal",)
    assert after(named, "knowledge").about == after(named, "unknown").about == ()
    assert named.lately(ABOUT_LIFE_MS).about == ("canal",)
    assert named.lately(ABOUT_LIFE_MS + 1).about == ()


def test_a_wish_is_open_for_some_hours() -> None:
    wished = ChatState(spoke_at=1, requested=("quero marcar",))
    assert wished.lately(REQUEST_LIFE_MS).talk.requested
    assert not wished.lately(REQUEST_LIFE_MS + 1).talk.requested


def own_clinic(written: Path, old: str, new: str) -> tuple[Clinic, Knowledge]:
    text = written.read_text(encoding="utf-8")
    assert old in text
    written.write_text(text.replace(old, new), encoding="utf-8")
    clinic = load(written)
    return clinic, Knowledge.build(clinic)


def test_what_costs_nothing_is_free_and_not_zero(written: Path, now: datetime) -> None:
    clinic, knowledge = own_clinic(written, "price: 100.00", "price: 0.00")
    said = {"how much is a check-up?": "Check-up: free.", "quanto custa a consulta?": "Consulta: grátis."}
    for question, told in said.items():
        reply = answer(question, clinic=clinic, knowledge=knowledge, now=now)
        assert told in reply.text
        assert "R$" not in reply.text


def test_who_cancels_is_told_no_price(written: Path, now: datetime) -> None:
    clinic, knowledge = own_clinic(written, "name: Small Clinic", "name: Small Clinic")
    reply = answer("quero cancelar minha consulta", clinic=clinic, knowledge=knowledge, now=now)
    assert reply.books
    assert "R$" not in reply.text


def test_a_preparation_in_another_language_is_introduced_as_such(written: Path, now: datetime) -> None:
    clinic, knowledge = own_clinic(written, "    minutes: 30", "    minutes: 30\n    preparation: {en: Come rested.}")
    reply = answer("como me preparo para a consulta?", clinic=clinic, knowledge=knowledge, now=now)
    assert reply.text == "Consulta: Isto eu tenho em inglês: Come rested."
    own = answer("how do I prepare for the check-up?", clinic=clinic, knowledge=knowledge, now=now)
    assert own.text == "Check-up: Come rested."


def test_a_category_names_all_of_its_services(ask) -> None:  # type: ignore[no-untyped-def]
    for question, names in {
        "quais exames vocês fazem?": ("sangue", "eletro", "ergométrico", "abdominal", "pélvico", "papanicolau"),
        "¿qué vacunas tienen?": ("gripe", "VPH"),
        "which tests do you do?": ("blood", "electro", "stress", "abdominal", "pelvic", "pap"),
    }.items():
        assert all(name in ask(question, Talk()).text for name in names)


def test_a_list_that_is_not_whole_says_so(written: Path, now: datetime) -> None:
    xray = "    name: {en: X-ray, pt: Raio-X}"
    more = "".join(f"\n  - id: test{n}\n    name: {{en: {name} test}}" for n, name in enumerate(("Blood", "Skin")))
    clinic, knowledge = own_clinic(written, xray, xray + more)
    reply = answer("which tests do you do?", clinic=clinic, knowledge=knowledge, now=now)
    assert "blood test" in reply.text.lower()
    assert "There are other services, too" in reply.text


@pytest.mark.parametrize("question", ["aceita Amil?", "do you take Aetna?", "¿aceptan OSDE?", "aceitam Zuplan?"])
def test_a_plan_that_nobody_knows_gets_the_list(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(question, Talk())
    assert reply.kind == "insurance"
    assert "Vida Plena" in reply.text
    assert reply.text.endswith(("para você.", "for you.", "se lo confirma."))


@pytest.mark.parametrize("question", ["aceita bitcoin?", "aceita vale refeição?", "aceita pix?"])
def test_what_is_no_plan_gets_no_list_of_plans(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(question, Talk()).kind != "insurance"


def test_a_plans_own_note_goes_with_it(ask) -> None:  # type: ignore[no-untyped-def]
    assert "Cobre os atendimentos de odontologia" in ask("aceitam Sorriso Mais pra limpeza dental?", Talk()).text
    about = ask("cobre pelo Vida Plena?").text
    assert about.startswith("Limpeza dental: Vida Plena não consta")
    assert "Vida Plena: Cobre consultas e exames." in about


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("Abrem na véspera de Natal?", "24/12", "25/12"),
        ("Abrem no Natal?", "25/12", "24/12"),
        ("horário de domingo e feriados?", "Domingo, 29/11", "Nosso horário"),
        ("horário de domingo e feriados?", "Próximos feriados", "Nosso horário"),
    ],
)
def test_each_day_asked_for_is_told_and_no_other(ask, question: str, told: str, untold: str) -> None:  # type: ignore[no-untyped-def]
    text = ask(question, Talk()).text
    assert told in text
    assert untold not in text


@pytest.mark.parametrize(
    "question", ["Do I need someone with me for the wisdom tooth?", "preciso de alguém comigo pra tirar o siso?",
                 "¿tengo que ir con alguien conmigo a sacar la muela de juicio?"]
)  # fmt: skip
def test_a_companion_is_part_of_the_preparation(now: datetime, question: str) -> None:
    clinic = load(Path(__file__).resolve().parents[3] / "clinics" / "dosplazas.yaml")
    reply = answer(question, clinic=clinic, knowledge=Knowledge.build(clinic), now=now)
    assert reply.sources == ("dosplazas.yaml#services.muela-de-juicio.preparation",)


def test_a_day_beside_a_question_is_noted_and_not_read_as_opening_hours(ask) -> None:  # type: ignore[no-untyped-def]
    reply = ask("sexta às 10h, quanto custa a limpeza dental?", WISH)
    assert reply.text.startswith("Limpeza dental: R$ 180,00.")
    assert "abertos" not in reply.text
    assert reply.books


@pytest.mark.parametrize(
    ("about", "question", "kind"),
    [
        ("clareamento", "dói?", "knowledge"),
        ("limpeza-dental", "dói?", "unknown"),
        ("canal", "does it hurt?", "unknown"),
        ("exame-de-sangue", "posso comer antes?", "knowledge"),
        ("exame-de-sangue", "is it covered by insurance?", "insurance"),
    ],
)
def test_pain_food_and_insurance_are_asked_of_the_service_before(ask, about: str, question: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    reply = ask(question, Talk(about=(about,)))
    assert reply.kind == kind
    if about == "exame-de-sangue":
        assert "services.exame-de-sangue" in reply.sources[0]


@pytest.mark.parametrize("question", ["é grátis?", "is it free?", "y cuanto salen?"])
def test_a_price_of_nothing_is_asked_back(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(question, Talk()).kind == "ask_back"


@pytest.mark.parametrize(
    "text",
    ["o quanto antes", "as soon as possible", "cuando puedan", "Joana, 11 99999-0000",
     "convênio Vida Plena, sexta às 9h"],
)  # fmt: skip
def test_no_detail_of_a_wish_is_lost(ask, text: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(text, WISH).books
