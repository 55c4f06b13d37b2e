"""What does a chat come to: the embedded answer to its last message, with all that was written before it?

The messages go, in order, through what the responder does with a turn: decide, answer, conclude, remember. A message
alone is asked of the answerer directly.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, cast

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.answerer import answer
from responder.chat import ChatState, Memory, Turn, load_state
from responder.context import Gathering
from responder.hearing import Hearing
from responder.turning import Turning
from shared.clock import ManualClock
from shared.events import HandoffRequested, MessageReceived, ReplyDrafted
from shared.streams.delivery import Done
from tests.eval.questions import Question

BETWEEN_S = 60  # between the messages of a chat, but for the last: `pause` minutes
Known = Mapping[str, tuple[Clinic, Knowledge]]


class Said(NamedTuple):
    """A reply as the patient gets it, and what staff were told with it."""

    text: str
    kind: str
    language: str
    wants_person: bool
    staff: str


def asked(question: Question, known: Known):  # type: ignore[no-untyped-def]
    """The answer to a question of the set, in its chat if it has one."""
    clinic, knowledge = known[question.clinic]
    if question.before:
        return asyncio.run(_talked(question, clinic, knowledge))
    return answer(question.text, clinic=clinic, knowledge=knowledge, now=question.now, language_hint=None)


async def _talked(question: Question, clinic: Clinic, knowledge: Knowledge) -> Said:
    clock = ManualClock(round(question.now.timestamp() * 1000))
    nobody = cast(Memory, None)  # asked only after a model was
    turning = Turning(Gathering(), Hearing(None, "", ""), nobody, clock, reply_ttl_s=600, staff_pause_ms=0)
    waits = [*[BETWEEN_S] * (len(question.before) - 1), question.pause * 60]
    clock.advance(-sum(waits))
    state = ChatState()
    for at, text in enumerate((*question.before, question.text)):
        clock.advance(waits[at - 1] if at else 0)
        done = await turning.turned(_turn(text, clock.now_ms(), at), state, clinic, knowledge, "")
        kept = done.states[0].fields["bot"]
        state = load_state({b"bot": kept if isinstance(kept, bytes) else b""}, {}, {})
    return _said(done)


def _turn(text: str, now: int, number: int) -> Turn:
    message = MessageReceived(
        id=f"019a2b3c-4d5e-7f60-8a9b-{number:012x}", instance="eval", chat="5511988887777", occurred_at=now,
        recorded_at=now, message_id=f"m{number}", author="patient", kind="text", text=text,
    )  # fmt: skip
    return Turn((message,))


def _said(done: Done) -> Said:
    draft = next(fact for fact in done.facts if isinstance(fact, ReplyDrafted))
    calls = [fact.why for fact in done.facts if isinstance(fact, HandoffRequested)]
    return Said(draft.text, draft.decision, draft.language, bool(calls), "\n".join(calls))
