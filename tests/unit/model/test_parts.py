"""Each part of the model path keeps its own promise."""

import asyncio
import re
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.model import Fact, ModelSettings, facts_of
from responder.model.breaker import FAILURES, Breaker
from responder.model.claims import agrees, promises_person
from responder.model.collected import Collected
from responder.model.dialect import Dialect
from responder.model.failure import CallFailed
from responder.model.fence import fenced, neutral
from responder.model.figures import Figure, figures, known, spelled
from responder.model.links import links
from responder.model.mapping import retry_after
from responder.model.parsing import parsed
from responder.model.prompt import Prompt, fitting
from responder.model.slots import Slots
from responder.model.wire import TROUBLE, based
from shared.settings import load
from tests.support.model import a_turn, demo

GIVEN = {"F1": "demo.yaml#place", "N2": "knowledge/parking.md#onde"}


@pytest.mark.parametrize(
    ("said", "text", "sources"),
    [
        ("Na rua.\nSOURCES: F1", "Na rua.", ["F1"]),
        ("Na rua.\n\n**Sources:** F1, N2", "Na rua.", ["F1", "N2"]),
        ("Na rua.\n[SOURCES: F1; N2]", "Na rua.", ["F1", "N2"]),
        ("Na rua.\nFontes: demo.yaml#place", "Na rua.", ["F1"]),
        ("Na rua [F1].", "Na rua.", ["F1"]),
        ("Na rua (SOURCES: F1).", "Na rua.", ["F1"]),
        ("Na rua.\nSOURCES: F99, X", "Na rua.", []),
        ("Na rua.\nSOURCES: none", "Na rua.", []),
        ('```json\n{"answer": "Na rua.", "sources": "F1"}\n```', "Na rua.", ["F1"]),
        ('{"reply": "Na rua.\\nSOURCES: N2", "sources": ["F1"]}', "Na rua.", ["N2", "F1"]),
        ("<think>hm</think>\nNa rua.\nSOURCES: f1", "Na rua.", ["F1"]),
        ("", "", []),
        ("{broken", "{broken", []),
    ],
)
def test_a_reply_is_read_as_far_as_it_is_clear(said: str, text: str, sources: list[str]) -> None:
    found = parsed(said, GIVEN)
    assert (found.text, found.sources) == (text, tuple(GIVEN[one] for one in sources))


@given(st.text(max_size=300))
def test_no_reply_is_too_strange_to_be_read(said: str) -> None:
    assert set(parsed(said, GIVEN).sources) <= set(GIVEN.values())


@given(st.text(alphabet=st.sampled_from("<>/|&lgt;#6023cx[]INSTpatient ＜＞﹤‹〈\u200b\u2028\n\x00"), max_size=60))
def test_no_text_opens_or_closes_a_tag(text: str) -> None:
    inside = fenced("patient", text).removeprefix("<patient>\n").removesuffix("\n</patient>")
    assert not set("<>＜＞﹤〈\u200b\x00") & set(inside)
    assert not re.search(r"&(?:lt|gt|#0*6[02]|#x0*3[ce])\b", inside, re.IGNORECASE)


def test_what_patients_really_write_stays_readable() -> None:
    said = "Olá! 😊 Dói aqui <- há 3 dias, R$ 50 & mais; e-mail ana@x.example"
    assert neutral(said) == said.replace("<", "‹")
    assert len(neutral("a" * 10_000)) == 2001


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("R$ 1.234,50", ("price", "1234.5")), ("1234.50 reais", ("price", "1234.5")), ("US$ 20", ("price", "20")),
        ("20 dólares", ("price", "20")), ("€20", ("price", "20")), ("20 bucks", ("price", "20")),
        ("5%", ("percent", "5")), ("5 por cento", ("percent", "5")), ("5 per cent", ("percent", "5")),
        ("8h30", ("hour", "510")), ("13:30", ("hour", "810")), ("1:30 pm", ("hour", "810")),
        ("1:30 p.m.", ("hour", "810")),
        ("8 da noite", ("hour", "1200")), ("8 de la mañana", ("hour", "480")), ("às 22", ("half", "10")),
        ("25/11", ("date", "11-25")), ("25 de novembro", ("date", "11-25")), ("November 25th", ("date", "11-25")),
        ("2026-11-25", ("date", "11-25")), ("25/11/2026", ("date", "11-25")),
        ("+55 (11) 98888-7777", ("phone", "88887777")), ("11 98888 7777", ("phone", "88887777")),
        ("30 minutos", ("number", "30")), ("sala 12", ("number", "12")),
    ],
)  # fmt: skip
def test_a_figure_is_seen_however_it_is_written(text: str, figure: tuple[str, str]) -> None:
    assert figures(f"É {text}, sim.") == {Figure(*figure)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["duzentos reais", "vinte por cento", "oito da noite", "at ten.", "a las ocho", "twenty bucks"]
)
def test_a_figure_in_words_is_seen(text: str) -> None:
    assert spelled(f"Sim, {text}")


def test_an_hours_digits_may_be_said_without_its_half_of_the_day() -> None:
    told = known("aberto das 8h às 12h e das 13h30 às 19h, R$ 180,00")
    assert figures("das 8 às 12") <= told
    assert figures("até às 7 da noite") <= told
    assert not figures("até 22h") <= told
    assert not figures("R$ 19") <= told


@given(st.text(max_size=200))
def test_no_text_is_too_strange_for_figures_and_links(text: str) -> None:
    assert figures(text) <= known(text)
    assert links(text) == links(text)


@pytest.mark.parametrize(
    "text",
    ["https://a.example/b", "http:/a.b", "www.evil.com", "evil.com.br/x", "bit.ly/x", "evil[.]com", "evil ponto com",
     "javascript://x", "a@b.co", "@perfil_oficial", "10.0.0.1/x", "wa.me/5511", "EVIL.COM", "ｅｖｉｌ．ｃｏｍ"],
)  # fmt: skip
def test_an_address_is_seen_however_it_is_written(text: str) -> None:
    assert links(f"Veja {text} agora")


def test_no_address_is_seen_where_there_is_none() -> None:
    assert not links("São R$ 1.200,00 por sessão. Para amanhã às 8h.Temos vaga? Dr. Paulo, 2.5 horas.")
    assert links("https://www.boaesquina.example/mapa.") == links("boaesquina.example/mapa")


@pytest.mark.parametrize(
    ("text", "yes"),
    [("sim", True), ("isso mesmo, pode", True), ("Sí, de acuerdo", True), ("yes please", True), ("ok 👍", True),
     ("não", False), ("sim, mas não amanhã", False), ("no, wait", False), ("quanto custa?", False), ("talvez", False)],
)  # fmt: skip
def test_a_yes_is_a_yes(text: str, yes: bool) -> None:
    assert agrees(text) is yes


def test_to_offer_a_person_is_no_promise() -> None:
    assert promises_person("Vou chamar alguém da recepção.")
    assert promises_person("I'll ask the front desk to answer you.")
    assert promises_person("Voy a avisar a recepción.")
    assert not promises_person("Posso chamar alguém da recepção?")
    assert not promises_person("A limpeza dental custa R$ 180,00.")


def test_the_facts_cite_the_clinics_file_and_hold_every_service(prompt: Prompt) -> None:
    clinic, _ = demo()
    facts = facts_of(clinic, "en", a_turn("x").now)
    assert {f"demo.yaml#services.{one.id}" for one in clinic.services} <= {fact.source for fact in facts}
    assert any("Tomorrow, Wednesday, Nov 25 (2026-11-25): 8 am to 12 pm" in fact.text for fact in facts)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=tuple[Fact, ...]) == facts
    assert "R$ 180,00" in prompt.system


def test_details_go_before_facts_do() -> None:
    facts = (Fact("a", "x" * 40), Fact("b", "y" * 40, detail=True), Fact("c", "z" * 40))
    assert [fact.source for fact in fitting(facts, 100)] == ["a", "c"]
    assert [fact.source for fact in fitting(facts, 1000)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "7"}, 7.0), ({"retry-after-ms": "250"}, 0.25), ({}, None), ({"retry-after": "soon"}, None),
     ({"retry-after": "-3"}, 0.0), ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0)],
)  # fmt: skip
def test_retry_after_is_read_in_its_shapes(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_dialect_is_learnt_from_refusals() -> None:
    dialect = Dialect()
    given = dialect.arguments([{"type": "function"}], 100)
    assert set(given) == {"stream_options", "temperature", "max_tokens", "tools"}
    assert dialect.learn(given, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    given = dialect.arguments([{}], 100)
    assert given["max_completion_tokens"] == 100
    assert "max_tokens" not in given
    assert dialect.learn(given, "this model does not support tools")
    assert "tools" not in dialect.arguments([{}], 100)
    assert not dialect.learn(given, "your prompt is too long")


def test_calls_at_the_same_time_learn_one_dialect_and_each_is_asked_again() -> None:
    dialect, said = Dialect(), "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    calls = [dialect.arguments((), 100) for _ in range(3)]
    assert all(dialect.learn(given, said) for given in calls)
    given = dialect.arguments((), 100)
    assert given.keys() == {"stream_options", "temperature", "max_completion_tokens"}
    assert not dialect.learn(given, said.replace("max_completion_tokens", "less"))


class Loose:
    """An object of any shape, as a lenient client makes of any JSON."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.__dict__.update({name: loose(value) for name, value in given.items()})


def loose(value: Any) -> Any:
    if isinstance(value, dict):
        return Loose(value)
    return [loose(one) for one in value] if isinstance(value, list) else value


NAMES = st.sampled_from(
    ["choices", "delta", "message", "content", "tool_calls", "index", "id", "function", "name", "arguments", "usage",
     "prompt_tokens", "completion_tokens", "finish_reason"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=4), max_size=4))
def test_an_answer_of_any_shape_is_read_or_is_trouble(chunks: list[dict[str, Any]]) -> None:
    got = Collected([], [])
    try:
        for chunk in chunks:
            got.add(loose(chunk))
        reply = got.reply("m")
    except TROUBLE:
        return
    assert isinstance(reply.text, str)
    assert all(isinstance(call.arguments, str) for call in reply.calls)


async def test_vips_are_first_in_the_queue_and_a_late_one_gives_up() -> None:
    slots, order = Slots(1), []
    gate = asyncio.Event()

    async def work(name: str, vip: bool, seconds: float = 30.0) -> None:
        try:
            async with slots.take(time.monotonic() + seconds, vip=vip):
                order.append(name)
                await gate.wait()
        except CallFailed as failure:
            order.append(f"{name} {failure.kind}")

    async with asyncio.TaskGroup() as tasks:
        for name, vip in (("first", False), ("second", False), ("vip", True), ("third", False)):
            tasks.create_task(work(name, vip))
            await asyncio.sleep(0)
        late = tasks.create_task(work("late", True, 0.05))
        await late
        gate.set()
    assert order == ["first", "late busy", "vip", "second", "third"]


async def test_a_waiter_that_leaves_takes_no_slot_with_it() -> None:
    slots = Slots(1)
    async with slots.take(time.monotonic() + 9, vip=False):
        leaving = [asyncio.create_task(slots._enter(time.monotonic() + 9, False)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in leaving[:2]:
            task.cancel()
        await asyncio.gather(*leaving[:2], return_exceptions=True)
    await leaving[2]
    slots._leave()
    async with slots.take(time.monotonic() + 9, vip=False):
        assert slots.waiting == 0


def test_a_model_rests_after_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed("a", "unavailable")
    assert breaker.open_to(("a", "b")) == ["a", "b"]
    breaker.failed("a", "refused")
    assert breaker.open_to(("a", "b")) == ["a", "b"]
    breaker.failed("a", "first_token")
    assert breaker.open_to(("a", "b")) == ["b"]
    breaker.worked("a")
    assert breaker.open_to(("a", "b")) == ["a", "b"]


def test_settings_are_off_by_default_and_read_by_their_names() -> None:
    assert not load(ModelSettings, {}).on
    given = {"LLM_BASE_URL": "http://m:1", "LLM_MODEL": "x", "LLM_FIRST_TOKEN_S": "2.5", "LLM_DAILY_TOKENS": "9"}
    found = load(ModelSettings, given)
    assert (found.on, found.llm_first_token_s, found.llm_daily_tokens) == (True, 2.5, 9)
    assert (based("http://m:1"), based("http://m:1/"), based("http://m:1/api/v3")) == (
        "http://m:1/v1", "http://m:1/v1", "http://m:1/api/v3",
    )  # fmt: skip
