"""What is done about a turn, in every case there is, and in three languages."""

import pytest

from responder.chat import Ask, ChatState, Decision, HandOff, Hear, Ignore, Opt, Turn, decide
from shared.events import MessageReceived
from shared.events.messages import Kind

NOW = 1_795_500_000_000
STAFF_PAUSE_MS = 1_800_000


def a_message(text: str = "", kind: Kind = "text", n: int = 0) -> MessageReceived:
    return MessageReceived(
        id=f"019a2b3c-4d5e-7f60-8a9b-0c1d2e3f405{n}", instance="i", chat="c", occurred_at=NOW + n, recorded_at=NOW + n,
        message_id=f"m{n}", author="patient", kind=kind, text=text,
    )  # fmt: skip


def decided(*messages: MessageReceived, readable: tuple[str, ...] = (), **state: object) -> Decision:
    known = ChatState(**state)  # type: ignore[arg-type]
    return decide(Turn(messages), known, NOW, staff_pause_ms=STAFF_PAUSE_MS, readable=readable)


CASES: list[tuple[str, dict[str, object], Decision]] = [
    ("oi", {}, Ask("oi")),
    ("oi", {"paused_until": NOW + 1}, Ignore("paused")),
    ("oi", {"paused_until": NOW}, Ask("oi")),
    ("oi", {"all_paused_until": NOW + 1}, Ignore("instance_paused")),
    ("oi", {"staff_at": NOW - STAFF_PAUSE_MS + 1}, Ignore("staff")),
    ("oi", {"staff_at": NOW - STAFF_PAUSE_MS}, Ask("oi")),
    ("PARAR", {}, Opt("out")), ("sair", {}, Opt("out")), ("BAJA", {}, Opt("out")), ("STOP", {}, Opt("out")),
    ("no quiero recibir más mensajes", {}, Opt("out")), ("stop messages", {}, Opt("out")),
    ("sim", {"offered_person": True, "spoke_at": NOW - 1}, HandOff("accepted")),
    ("sí", {"offered_person": True, "spoke_at": NOW - 1}, HandOff("accepted")),
    ("yes please", {"offered_person": True, "spoke_at": NOW - 1}, HandOff("accepted")),
    ("sim", {"offered_person": True, "spoke_at": NOW - 16 * 60_000}, Ask("sim")),
    ("sim", {}, Ask("sim")),
    ("a dental", {"asked": "quanto custa?", "spoke_at": NOW - 1}, Ask("quanto custa?\na dental")),
    ("a dental", {"asked": "quanto custa?", "spoke_at": NOW - 16 * 60_000}, Ask("a dental")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "state", "wanted"), CASES)
def test_words(text: str, state: dict[str, object], wanted: Decision) -> None:
    assert decided(a_message(text), **state) == wanted


@pytest.mark.parametrize("kind", ["reaction", "sticker", "poll"])
def test_what_wants_no_answer_gets_none(kind: Kind) -> None:
    assert decided(a_message("👍", kind)) == Ignore(kind)


@pytest.mark.parametrize("kind", ["audio", "image", "video", "document", "location", "unsupported"])
def test_what_cannot_be_read_goes_to_a_person(kind: Kind) -> None:
    assert decided(a_message("", kind)) == HandOff("media")


def test_what_can_be_put_into_words_is() -> None:
    note, text = a_message("", "audio"), a_message("oi", n=1)
    assert decided(note, text, readable=("audio",)) == Hear((note,))


def test_nothing_is_listened_to_while_the_bot_is_paused() -> None:
    assert decided(a_message("", "audio"), readable=("audio",), paused_until=NOW + 1) == Ignore("paused")


def test_an_emergency_does_not_wait_until_a_file_is_read() -> None:
    words, note = a_message("meu pai desmaiou"), a_message("", "audio", 1)
    assert decided(words, note, readable=("audio",)) == Ask("meu pai desmaiou", unread=True)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["oi", "SAIR"], Opt("out")),
        (["SAIR", "obrigada"], Opt("out")),
        (["STOP", "start"], Opt("in")),
        (["PARAR", "quanto custa a limpeza?"], Opt("out", beside=True)),
        (["não me mandem mais mensagens", "quanto custa a limpeza?"], Opt("out", beside=True)),
        (["quero marcar limpeza", "para", "amanhã"], Ask("quero marcar limpeza\npara\namanhã")),
        (["cancela"], Ask("cancela")),
        (["parar", "meu pai desmaiou"], Ask("parar\nmeu pai desmaiou")),
    ],
)
def test_an_opt_out_among_other_messages_counts(texts: list[str], wanted: Decision) -> None:
    assert decided(*(a_message(text, n=n) for n, text in enumerate(texts))) == wanted


def test_a_file_beside_words_is_not_forgotten() -> None:
    assert decided(a_message("oi"), a_message("", "image", 1)) == Ask("oi", unread=True)
    assert decided(a_message("oi"), a_message("veja", "image", 1)) == Ask("oi\nveja")
