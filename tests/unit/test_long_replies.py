"""Is an answer that is too long for one message sent as several, in order?"""

from responder.answerer import Answer
from responder.answering import Found
from responder.chat import ChatState, Turn
from responder.replying import Replying
from shared.clock import SYSTEM
from shared.events import MessageReceived, ReplyDrafted, SendRequested, Text
from shared.streams import keys
from shared.streams.delivery import Done
from tests.support.replica import a_send


def reply(text: str) -> Done:
    now, cause = SYSTEM.now_ms(), a_send()
    message = MessageReceived(
        id=cause.id, instance="wa1", chat="5511988887777", occurred_at=now, recorded_at=now, message_id="3A01",
        author="patient", kind="text", text="oi", reply_to="5511988887777@s.whatsapp.net",
    )  # fmt: skip
    said = Answer(text=text, language="pt", kind="knowledge", sources=(), confidence=1.0, wants_person=False)
    return Replying(Turn((message,)), now, "").reply(Found(said), ChatState(), vip=False, ttl_s=60)


def parts(done: Done) -> list[str]:
    sends = [work.event for work in done.work]
    assert all(isinstance(send, SendRequested) and isinstance(send.content, Text) for send in sends)
    return [send.content.text for send in sends]  # type: ignore[attr-defined]


def test_a_short_answer_is_one_send() -> None:
    assert parts(reply("Abrimos às 8h.")) == ["Abrimos às 8h."]


def test_a_long_answer_is_one_draft_and_several_sends_in_the_chats_order() -> None:
    text = " ".join(f"Esta é a frase {n}." for n in range(600))
    done = reply(text)
    assert len(parts(done)) == 3
    assert " ".join(parts(done)) == text
    assert [work.stream for work in done.work] == [keys.outbound("wa1")] * 3
    assert len({work.event.id for work in done.work}) == 3
    assert [fact.text for fact in done.facts if isinstance(fact, ReplyDrafted)] == [text]
    sends = [fact for fact in done.facts if isinstance(fact, SendRequested)]
    assert sends == [work.event for work in done.work]
    assert [send.asked_at is None for send in sends] == [False, True, True]  # one latency for one question


def test_the_same_turn_again_makes_the_same_sends() -> None:
    text = "palavra " * 2000
    first, again = reply(text), reply(text)
    assert len({work.event.id for work in first.work}) == len(first.work)
    assert parts(first) == parts(again)
