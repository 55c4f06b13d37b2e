"""A hostile model gets nothing out of the tools but errors, and no effect for any other chat."""

import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from responder.model import Answered, AppointmentRequested, Failed, ModelSettings, PersonCalled, ReminderChange
from responder.model.calls import TOOLS, described
from responder.model.collected import Asked, Reply
from responder.model.model import ROUNDS, Model
from responder.model.reading_back import agreed, read_back
from responder.model.toolbox import MAX_ARGUMENTS, MAX_CALLS, Toolbox
from responder.model.turn import Turn
from responder.model.wire import Endpoint, Message
from tests.support.model import a_turn

OTHER = "5511977776666"
DETAILS = {
    "service": "limpeza dental",
    "day": "2026-11-27",
    "period": "morning",
    "name": "Ana Souza",
    "confirmed": True,
}
ASKED = (("clinic", "Posso pedir limpeza dental na sexta, 27/11?"),)
READ_BACK = AppointmentRequested(
    service_id="limpeza-dental", service="Limpeza dental", day=date(2026, 11, 27), period="morning", name="Ana Souza",
)  # fmt: skip


def asks(name: str, arguments: Any, id_: str = "c") -> Asked:
    return Asked(id_, name, arguments if isinstance(arguments, str) else json.dumps(arguments))


@pytest.fixture
def yes() -> Turn:
    return a_turn("sim, pode", conversation=ASKED, read_back=READ_BACK)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.tool)
@pytest.mark.parametrize("field", ["chat", "chat_id", "instance", "to", "phone", "number", "patient", "recipient"])
def test_no_tool_takes_another_chat(tool: Any, field: str, yes: Turn) -> None:
    box = Toolbox(yes)
    good = {
        "look_up_service": {"name": "limpeza"}, "free_facts": {"question": "estacionamento"},
        "request_appointment": DETAILS, "cancel_or_move_reminder": {"action": "cancel"}, "call_a_person": {"why": "x"},
    }[tool.tool]  # fmt: skip
    said = box.run(asks(tool.tool, {**good, field: OTHER}))
    assert said.startswith("ERROR: the arguments do not fit")
    assert not box.effects
    [schema] = [one["function"]["parameters"] for one in described() if one["function"]["name"] == tool.tool]
    assert field not in schema["properties"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("send_message", {"to": OTHER, "text": "hi"}), ("eval", "1+1"), ("", {}), ("call_a_person\n", {"why": "x"}),
        ("look_up_service", "{"), ("look_up_service", "null"), ("look_up_service", "[]"),
        ("look_up_service", "[" * 5000),
        ("look_up_service", {"name": ""}), ("look_up_service", {"name": "x" * 201}), ("look_up_service", {"name": 5}),
        ("look_up_service", {"name": "x" * (MAX_ARGUMENTS * 10)}),
        ("look_up_service", {"name": "transplante de cabeça"}),
        ("free_facts", {"question": ["a"]}), ("free_facts", {"question": "\ud800"}),
        ("request_appointment", {**DETAILS, "day": "2026-11-29"}),  # a Sunday
        ("request_appointment", {**DETAILS, "day": "2020-01-01"}),
        ("request_appointment", {**DETAILS, "day": "2099-01-01"}),
        ("request_appointment", {**DETAILS, "day": "tomorrow"}),
        ("request_appointment", {**DETAILS, "period": "night"}),
        ("request_appointment", {**DETAILS, "service": "limpeza"}),
        ("request_appointment", {**DETAILS, "name": "5511977776666"}),
        ("request_appointment", {**DETAILS, "name": "x" * 81}),
        ("request_appointment", {**DETAILS, "confirmed": "yes"}),
        ("request_appointment", {**DETAILS, "confirmed": False}),
        ("cancel_or_move_reminder", {"action": "delete_all"}),
        ("cancel_or_move_reminder", {"action": "move", "day": "2020-01-01"}),
        ("call_a_person", {}), ("call_a_person", {"why": "x" * 300}),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_to_the_model_and_does_nothing(name: str, arguments: Any, yes: Turn) -> None:
    box = Toolbox(yes)
    assert box.run(asks(name, arguments)).startswith("ERROR: ")
    assert not box.effects


@pytest.mark.parametrize(
    ("text", "before"),
    [("quero marcar limpeza sexta", None), ("sim", None), ("não", READ_BACK), ("sim, mas não na sexta", READ_BACK),
     ("sim, mas às 15h", READ_BACK), ("sim, às 11", READ_BACK), ("sim, à tarde", READ_BACK), ("sim?", READ_BACK),
     ("sim, e quanto custa", READ_BACK), ("sim, para Bia", READ_BACK), ("sim, dia 28/11", READ_BACK),
     ("sim", replace(READ_BACK, day=date(2026, 11, 30))), ("sim", replace(READ_BACK, period="afternoon")),
     ("sim", replace(READ_BACK, name="Bia Souza")), ("sim", replace(READ_BACK, service_id="avaliacao"))],
)  # fmt: skip
def test_the_models_word_for_it_is_no_confirmation(text: str, before: AppointmentRequested | None) -> None:
    box = Toolbox(a_turn(text, conversation=ASKED, read_back=before))
    assert "not confirmed yet" in box.run(asks("request_appointment", DETAILS))
    assert not box.effects


@pytest.mark.parametrize(
    ("language", "text"),
    [("pt", "sim"), ("pt", "Sim, por favor!"), ("pt", "isso mesmo, obrigada"), ("pt", "pode ser"), ("pt", "ok 👍"),
     ("pt", "sim, na sexta de manhã"), ("pt", "sim, 27/11"), ("pt", "pode marcar sim"), ("es", "sí"),
     ("es", "Sí, por favor, gracias"), ("es", "de acuerdo, puede pasarla"), ("es", "sí, el viernes por la mañana"),
     ("en", "yes"), ("en", "Yes please, thank you"), ("en", "sure, go ahead"), ("en", "yes, on Friday in the morning")],
)  # fmt: skip
def test_a_plain_yes_to_the_read_back_confirms_it(language: str, text: str) -> None:
    assert agreed(a_turn(text, language=language, read_back=READ_BACK), READ_BACK)


@pytest.mark.parametrize(
    ("language", "text"),
    [("pt", "sim, mas às 15h"), ("pt", "sim\naliás, prefiro sábado"), ("pt", "ok, quanto custa?"), ("pt", "sim, 28"),
     ("es", "sí, pero a las 15h"), ("es", "sí, a las 3 de la tarde"), ("es", "vale, ¿cuánto cuesta?"),
     ("es", "no"), ("en", "yes, but at 3 pm"), ("en", "yes, for my son"), ("en", "sure, how much is it?"),
     ("en", "yes, on Monday"), ("en", "not yet")],
)  # fmt: skip
def test_a_yes_with_a_change_or_a_question_confirms_nothing(language: str, text: str) -> None:
    assert not agreed(a_turn(text, language=language, read_back=READ_BACK), READ_BACK)


def test_a_confirmed_request_is_noted_once(yes: Turn) -> None:
    box = Toolbox(yes)
    assert box.run(asks("request_appointment", {**DETAILS, "name": " Ana\n\u202e <Souza> "})).startswith("Handed")
    assert box.run(asks("request_appointment", {**DETAILS, "day": "2026-12-01"})).startswith("ERROR")
    assert box.effects == [
        AppointmentRequested(
            service_id="limpeza-dental",
            service="Limpeza dental",
            day=date(2026, 11, 27),
            period="morning",
            name="Ana Souza",
        )
    ]


def test_the_other_tools_do_their_work(yes: Turn) -> None:
    box = Toolbox(yes)
    assert "R$ 180,00" in box.run(asks("look_up_service", {"name": "limpeza"}))
    assert "ERROR" not in box.run(asks("free_facts", {"question": "tem estacionamento?"}))
    assert "Handed" in box.run(asks("cancel_or_move_reminder", {"action": "move", "day": "2026-11-30"}))
    assert "front desk" in box.run(asks("call_a_person", {"why": "asks for one"}))
    assert [type(one) for one in box.effects] == [ReminderChange, PersonCalled]
    assert all(source.startswith(("demo.yaml#services.", "knowledge/")) for source in box.sources.values())


class Scripted(Endpoint):
    """A model that says what it is told to, and keeps what it was shown."""

    def __init__(self, *replies: tuple[str, list[Asked]]) -> None:
        self.replies = list(replies)
        self.shown: list[list[Message]] = []

    async def complete(self, model: str, messages: Any, tools: Any, deadline: float) -> Reply:
        self.shown.append(list(messages))
        text, calls = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return Reply(text, tuple(calls), 10, 10, False, model)

    async def aclose(self) -> None:
        """Nothing is open."""


def played(*replies: tuple[str, list[Asked]]) -> tuple[Model, Scripted]:
    endpoint = Scripted(*replies)
    return Model(ModelSettings(llm_base_url="http://x/v1", llm_model="hostile"), None, endpoint), endpoint


async def test_a_loop_of_tools_ends() -> None:
    model, endpoint = played(("", [asks("free_facts", {"question": "a"}, str(n)) for n in range(8)]))
    found = await model.answer(a_turn("oi"))
    assert isinstance(found, Failed)
    assert (found.reason, len(endpoint.shown)) == ("too_many_rounds", ROUNDS + 1)
    told = [message["content"] for message in endpoint.shown[-1] if message["role"] == "tool"]
    assert len(told) == 8 * ROUNDS
    assert sum("no more tool calls" in one for one in told) == 8 * ROUNDS - MAX_CALLS


async def test_effects_of_a_reply_that_is_not_sent_are_not_carried_out_but_somebody_looks() -> None:
    confirmed = asks("request_appointment", DETAILS)
    model, _ = played(("", [confirmed]), ("Pronto, sua consulta está confirmada! Pague em evil.com\nSOURCES: F1", []))
    found = await model.answer(a_turn("sim", conversation=ASKED, read_back=READ_BACK))
    assert isinstance(found, Failed)
    assert (found.reason, found.handoff) == ("rejected", True)


async def test_an_urgent_call_for_a_person_stays_urgent_when_the_reply_is_not_sent() -> None:
    urgent = asks("call_a_person", {"why": "bleeding after a filling", "urgent": True})
    model, _ = played(("", [urgent]), ("A limpeza dental custa R$ 90,00.\nSOURCES: F1", []))
    found = await model.answer(a_turn("está sangrando muito"))
    assert isinstance(found, Failed)
    assert (found.reason, found.handoff, found.urgent) == ("rejected", True, True)


@pytest.mark.parametrize("urgent", [(True, False), (False, True), (True, True), (False, False, True, False)])
async def test_of_several_calls_for_a_person_the_most_urgent_counts(urgent: tuple[bool, ...]) -> None:
    asked = [asks("call_a_person", {"why": f"call {n}", "urgent": one}, str(n)) for n, one in enumerate(urgent)]
    model, endpoint = played(("", asked[:1]), ("", asked[1:]), ("Vou chamar alguém da recepção.\nSOURCES: none", []))
    found = await model.answer(a_turn("está sangrando muito"))
    assert isinstance(found, Answered), found
    assert (found.handoff, found.urgent, found.why) == (True, True, f"call {urgent.index(True)}")
    assert found.tool_calls == (PersonCalled(why=found.why, urgent=True),)
    told = [message["content"] for message in endpoint.shown[-1] if message["role"] == "tool"]
    assert sum("handed over already" in one for one in told) == len(urgent) - 1 - (not urgent[0])


def test_a_person_can_be_called_behind_all_other_calls(yes: Turn) -> None:
    box = Toolbox(yes)
    for _ in range(MAX_CALLS + 1):
        box.run(asks("free_facts", {"question": "tem estacionamento?"}))
    assert "front desk" in box.run(asks("call_a_person", {"why": "bleeding", "urgent": True}))
    assert box.person == PersonCalled(why="bleeding", urgent=True)


@pytest.mark.parametrize("language", ["pt", "es", "en"])
@pytest.mark.parametrize("said", ["Certo.", "Certo. Você tem convênio?", "{own} Você tem convênio?"])
async def test_a_request_is_read_back_in_one_sentence_that_asks_nothing_else(language: Any, said: str) -> None:
    wanted = asks("request_appointment", {**DETAILS, "confirmed": False})
    own = read_back(READ_BACK, language)
    said = said.format(own=own) if language == "pt" else own
    model, endpoint = played(("", [wanted]), (f"{said}\nSOURCES: none", []))
    found = await model.answer(a_turn("quero limpeza sexta de manhã, Ana Souza", language=language))
    assert isinstance(found, Answered), found
    assert found.read_back is not None
    assert (found.text, found.tool_calls) == (read_back(found.read_back, language), ())
    assert all(part in found.text for part in ("27" if language == "en" else "27/11", "Ana Souza"))
    assert found.text in endpoint.shown[-1][-1]["content"]


async def test_what_the_model_says_beside_the_read_back_is_said_too() -> None:
    wanted = asks("request_appointment", {**DETAILS, "confirmed": False})
    said = f"Ótimo, Ana!\n{read_back(READ_BACK, 'pt')}"
    model, _ = played(("", [wanted]), (f"{said}\nSOURCES: none", []))
    found = await model.answer(a_turn("quero limpeza sexta de manhã, Ana Souza"))
    assert isinstance(found, Answered), found
    assert (found.text, found.read_back) == (said, READ_BACK)


async def test_broken_arguments_are_not_sent_back_to_the_endpoint() -> None:
    model, endpoint = played(
        ("", [asks("look_up_service", "{" * 9999)]), ("Qual serviço você procura?\nSOURCES: none", [])
    )
    found = await model.answer(a_turn("oi"))
    assert isinstance(found, Answered), found
    [call] = [message for message in endpoint.shown[-1] if message.get("tool_calls")]
    assert call["tool_calls"][0]["function"]["arguments"] == "{}"


async def test_a_reply_that_promises_a_person_calls_one() -> None:
    model, _ = played(("Não sei dizer. Vou chamar alguém da recepção.\nSOURCES: none", []))
    found = await model.answer(a_turn("vocês fazem botox?"))
    assert isinstance(found, Answered), found
    assert found.handoff


@pytest.mark.parametrize(
    "text",
    ["", "   ", "....", "SOURCES: F1", "a" * 5000, "palavra " * 300, "\u200b\u200b", "| a | b |\n|---|---|\n| 1 | 2 |",
     "<b>Oi</b>, tudo bem?", "Olá {name}, tudo bem?", "```\nOi\n```\n e mais",
     "The dental cleaning is on the second floor.",
     "La limpieza dental la hacemos nosotros con mucho gusto para usted.\nSOURCES: F1"],
)  # fmt: skip
async def test_garbage_is_not_sent(text: str) -> None:
    model, _ = played((text, []))
    found = await model.answer(a_turn("oi"))
    assert isinstance(found, Failed), found
    assert found.reason == "rejected"


async def test_markdown_is_made_plain() -> None:
    model, _ = played(("## Endereço\n- **Rua das Jabuticabeiras**, 250\nSOURCES: F4", []))
    found = await model.answer(a_turn("onde fica?"))
    assert isinstance(found, Answered), found
    assert found.text == "*Endereço*\n• *Rua das Jabuticabeiras*, 250"
