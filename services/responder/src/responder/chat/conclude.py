"""Is a person to take over after this answer, and what does the chat remember of it?

Pure, like `decide`: an answer, the chat's state and whether the clinic is open are all it knows. The answer that it
gives back is the one to send: a hand-off while the clinic is closed says when somebody will be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from clinic import Clinic
from clinic.language import words
from responder.answerer import Answer
from responder.answerer.cues import shows
from responder.chat.state import ChatState

FAILURES_UNTIL_HANDOFF = 2  # one question without an answer only offers a person; the second in a row calls one
LOW_CONFIDENCE = 0.4  # an answer that covers less of the question than this is sent, and looked at by a person
MOST_CHARS = 150  # of each message that staff are told of
MOST_WISHES = 6
KEEPS_SUBJECT = frozenset(
    {"hours", "address", "insurance", "greeting", "thanks", "person"}
)  # they have no length or price
OPEN = frozenset({"unknown", "ask_back"})


@dataclass(frozen=True)
class Conclusion:
    """What is said, why a person is called in (empty: nobody is), and the chat's state after it."""

    answer: Answer
    why: str
    urgent: bool
    state: ChatState


def conclude(
    answer: Answer, state: ChatState, clinic: Clinic, *, question: str, is_open: bool, unread: bool = False,
    urgent: bool = False, why: str = "",
) -> Conclusion:  # fmt: skip
    """`question` is what was asked; `unread`, that a file came which nobody could read; `why`, the model's own call."""
    failed = answer.kind == "unknown" or (answer.kind == "ask_back" and bool(state.asked))
    failures = state.unknowns + 1 if failed else 0
    requested = _requested(answer, state, question)
    reason = why or _reason(answer, failures, question, requested) or ("media" if unread else "")
    urgent = urgent or reason == "emergency"
    said = _worded(answer, clinic, reason, is_open=is_open or urgent, unread=unread)
    kept = msgspec.structs.replace(
        state,
        asked=question if answer.kind == "ask_back" and not reason else "",
        offered_person=answer.kind == "unknown" and not reason,
        unknowns=0 if reason else failures,
        about=answer.about or (state.about if answer.kind in KEEPS_SUBJECT else ()),
        prepared=any(source.endswith(".preparation") for source in answer.sources),
        requested=requested,
        told=answer.kind,
    )
    return Conclusion(said, reason, urgent, kept)


def appointment(requested: Sequence[str]) -> str:
    """What staff are told of a wish for an appointment: all that the patient wrote of it, in order."""
    return f"appointment: {'; '.join(requested)}"


def _requested(answer: Answer, state: ChatState, question: str) -> tuple[str, ...]:
    """The patient's words for the appointment, with those of now."""
    if not answer.books:
        return state.requested
    return (*state.requested, " ".join(question.split())[:MOST_CHARS])[-MOST_WISHES:]


def _reason(answer: Answer, failures: int, question: str, requested: Sequence[str]) -> str:
    if answer.kind == "emergency":
        return "emergency"
    if answer.books:
        return appointment(requested)
    if answer.kind == "person":
        return "complaint" if shown("complaint", question) else "symptom" if shown("symptom", question) else "person"
    if failures >= FAILURES_UNTIL_HANDOFF:
        return "repeated_failure"
    if answer.kind in OPEN:
        return ""
    return "low_confidence" if answer.confidence < LOW_CONFIDENCE else answer.kind if answer.wants_person else ""


def _worded(answer: Answer, clinic: Clinic, reason: str, *, is_open: bool, unread: bool) -> Answer:
    """The answer with what is to be said of the person who takes over."""
    if not reason:
        return answer
    language, person = answer.language, clinic.fallbacks.person
    closed = None if is_open else clinic.fallbacks.outside_hours
    comes = (closed or person).say(language)
    if reason == "repeated_failure" or (closed and answer.text == person.say(language)):
        return _saying(answer, comes)
    if unread and clinic.fallbacks.media and reason == "media":
        answer = _saying(answer, f"{answer.text}\n\n{clinic.fallbacks.media.say(language)}")
    return _saying(answer, f"{answer.text}\n\n{comes}") if closed and comes not in answer.text else answer


def _saying(answer: Answer, text: str) -> Answer:
    return msgspec.structs.replace(answer, text=text)


def shown(cue: str, text: str) -> bool:
    """Is the patient displeased, or does something hurt: do the words, in any of the three languages, say so?"""
    return shows(cue, " ".join(words(text)))
