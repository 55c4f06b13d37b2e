"""What is answered to this question, with no model, out of the clinic's files alone?"""

from datetime import datetime

from msgspec.structs import replace

from clinic.knowledge import Knowledge
from clinic.language import detect, words
from clinic.model import Clinic
from clinic.text import Language
from responder.answerer import handover
from responder.answerer.answering import answered, told
from responder.answerer.courtesy import Courtesy, courtesy, upset
from responder.answerer.letters import alarming, ends
from responder.answerer.lexicon import lexicon
from responder.answerer.opting import confirmation, opting
from responder.answerer.phrases import phrase
from responder.answerer.question import Question, understand
from responder.answerer.reply import Answer, Kind, Part, joined
from responder.answerer.request import asks_on, is_name, tells_more
from responder.answerer.talk import FIRST, Talk, in_talk


def answer(
    question: str, *, clinic: Clinic, knowledge: Knowledge, now: datetime, language_hint: str | None = None,
    talk: Talk = FIRST,
) -> Answer:  # fmt: skip
    """The reply in the patient's language. `talk` is what the chat was about before.

    Pure: the same question at the same `now` in the same talk gets the same answer.
    """
    if now.tzinfo is None:
        raise ValueError("`now` needs a timezone: whether the clinic is open depends on it")
    known = lexicon(clinic, knowledge)
    language = detect(question, default=clinic.language, hint=language_hint, among=clinic.languages, own=known.own)

    def understood(text: str) -> Question:
        return understand(text, language, now, clinic, knowledge, known)

    if alarming(question, known):  # goes before everything else that the message says
        return joined([handover.emergency(understood(question))], language)
    if way := opting(question):
        return joined([Part("optout" if way == "out" else "thanks", confirmation(way, language))], language)
    if talk.requested and tells_more(question, (meant := understood(question)), talk):
        if is_name(words(question)) and language_hint in clinic.languages:
            language = next(one for one in clinic.languages if one == language_hint)  # a name tells no language
            meant = understood(question)
        return joined([handover.noted(meant)], language, _ids(meant))
    parts = ends(question)
    polite = courtesy(words(question), asks="?" in question) if len(parts) == 1 else None
    if polite == "emoji" and upset(question):
        polite = "greeting"  # it asks how we can help
    if polite is not None:
        return joined([_polite(polite, clinic, language)], language)

    def understood_here(text: str) -> Question:
        meant = understood(text)
        return replace(meant, requested=talk.requested and not asks_on(meant, talk))

    wholes = [in_talk(one := understood_here(part), talk.services(one), prepared=talk.prepared) for part in parts]
    found = [answered(part, whole, understood_here) for part, whole in zip(parts, wholes, strict=True)]
    at = next((at for at, one in enumerate(found) if told(one)), 0)
    return joined(found[at], language, _ids(wholes[at]))


def _ids(question: Question) -> tuple[str, ...]:
    return tuple(one.id for one in question.services.sure)


_KINDS: dict[Courtesy, Kind] = {
    "greeting": "greeting", "thanks": "thanks", "bye": "thanks", "ok": "thanks", "emoji": "thanks",
}  # fmt: skip


def _polite(polite: Courtesy, clinic: Clinic, language: Language) -> Part:
    if polite == "greeting" and clinic.greeting:
        return Part("greeting", clinic.greeting.say(language), (clinic.source("greeting"),))
    return Part(_KINDS[polite], phrase(polite, language))
