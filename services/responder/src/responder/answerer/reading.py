"""What do the clinic's texts say about this question, and how much of it do they speak to?"""

from collections.abc import Iterator

from msgspec import Struct

from clinic.knowledge import Hit
from clinic.language import STOP, words
from responder.answerer.cues import shows
from responder.answerer.phrases import LANGUAGE_NAMES, phrase
from responder.answerer.question import Question
from responder.answerer.reply import Part
from responder.answerer.services import named

_SMALL = frozenset().union(*STOP.values())
SURE = 0.50  # of the question's weight must be in a chunk before it is taken for an answer
FULL = 0.80  # and so much of it when a figure that was asked for in so many words could be the answer as well


class Reading(Struct, frozen=True):
    """The best chunk, and what the question is about besides the services, plans and days it names."""

    hit: Hit | None
    about: tuple[str, ...]
    named: frozenset[str]

    @property
    def fits(self) -> bool:
        """It can be told if nothing better is known."""
        return self.hit is not None and self.hit.coverage >= SURE

    @property
    def beyond(self) -> bool:
        """It fits, and not only because it names the same service."""
        return self.fits and self.hit is not None and bool(self.hit.held - self.named)

    @property
    def strange(self) -> tuple[str, ...]:
        """What it is about and the chunk does not speak of."""
        return tuple(word for word in self.about if not (self.hit and word in self.hit.held))

    @property
    def of_all(self) -> bool:
        """It names all that the question names."""
        return self.hit is not None and self.named <= self.hit.held

    @property
    def clear(self) -> bool:
        """The chunk speaks of most of what it is about, so it goes before figures that were hardly asked for."""
        return self.fits and bool(self.about) and len(self.strange) * 2 <= len(self.about)

    @property
    def full(self) -> bool:
        """It speaks of nearly all of it."""
        return self.hit is not None and self.hit.coverage >= FULL and not self.strange

    @property
    def titled(self) -> bool:
        """All that the chunk's heading says is asked."""
        hit = self.hit
        return hit is not None and all(word in hit.held for word in words(hit.heading) if word not in _SMALL)

    def shows(self, cue: str) -> bool:
        """Does its heading show this cue?"""
        return self.hit is not None and shows(cue, " ".join(words(self.hit.heading)))

    def _of_another(self, question: Question, hit: Hit) -> bool:
        """Is it how to behave before or after other services than the one named? What holds for them may not here."""
        if not question.shows("afterwards", "around_test", "preparation"):
            return False
        about, asked = named(words(hit.heading), question.lexicon), question.services
        ids = {one.id for one in (*asked.sure, *asked.open)}
        return bool(ids) and about.any and ids.isdisjoint(one.id for one in (*about.sure, *about.open))

    def of_symptom(self, question: Question) -> bool:
        """Does it speak of all that is wrong, and not of a service that may only hurt as well?"""
        of_service = self.hit is not None and named(words(self.hit.heading), question.lexicon).any
        return not self.strange and (not of_service or question.services.any)

    def told(self, question: Question) -> Iterator[Part]:
        """The chunk as it stands; one that is not in the patient's language is introduced."""
        hit = self.hit
        if hit is None or not self.fits or self._of_another(question, hit):
            return
        text = hit.text
        if hit.language != question.language:
            name = LANGUAGE_NAMES[question.language][hit.language]
            text = f"{phrase('in_our_words', question.language, language=name)} {text}"
        yield Part("knowledge", text, (hit.source,), round(hit.coverage, 2))


def read(question: Question) -> Reading:
    hits = question.knowledge.search(question.line, question.language, limit=5)
    if question.shows("results"):  # what is asked of results, another matter's rule does not answer
        hits = [hit for hit in hits if shows("results", " ".join(hit.held))]
    about = tuple(word for word in question.rest if not word[0].isdigit())
    return Reading(hits[0] if hits else None, about, frozenset(question.services.used))
