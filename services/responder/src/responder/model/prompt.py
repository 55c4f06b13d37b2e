"""What is the model told, and in which message?

The system message holds our rules and the clinic's facts and not one word of a patient. The one user message holds,
each in its own tags, the notes found for the question, the summary, the conversation so far and what is asked now.
The conversation is no list of chat messages on purpose: a patient's words never get a role of their own, and every
chat template takes a system and a user message.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from string import Template

from msgspec import Struct

from clinic import Language
from responder.model.facts import Fact, facts_of
from responder.model.fence import fenced, neutral
from responder.model.turn import Turn

NAMES: dict[Language, str] = {"pt": "Brazilian Portuguese", "es": "Spanish", "en": "English"}
MAX_FACTS = 14_000  # characters, about 4,000 tokens: details go first, then what does not fit
MAX_HITS = 6
MAX_SAID = 20  # messages of the conversation; older ones are in the summary
MAX_SAID_CHARS = 500  # of each: what matters of a long one was answered then
MAX_TEXTS = 12  # messages of one turn
_AUTHORS = frozenset({"patient", "clinic", "staff"})


def text_of(name: str) -> str:
    """A prompt's text file."""
    return (files("responder") / "prompts" / f"{name}.txt").read_text(encoding="utf-8")


SYSTEM = Template(text_of("system"))


class Prompt(Struct, frozen=True):
    """Two messages, what the reply may cite, and what it may quote from."""

    system: str
    user: str
    sources: dict[str, str]
    """The short id that the model cites -> the place in the clinic's files."""
    known: tuple[str, ...]
    """What the clinic says: prices, hours and all that a reply states must stand in here."""
    notes: tuple[str, ...]
    """Of these, the clinic's own texts: all but the lines of its file."""
    rules: str
    """Our own words in the system message, which no reply may repeat."""
    canary: str


def assemble(turn: Turn, canary: str) -> Prompt:
    """The prompt of a turn."""
    facts = tuple(fitting(turn.facts or facts_of(turn.clinic, turn.language, turn.now)))
    hits = turn.hits[:MAX_HITS]
    sources = {f"F{n}": fact.source for n, fact in enumerate(facts, 1)}
    sources |= {f"N{n}": hit.source for n, hit in enumerate(hits, 1)}
    lines = "\n".join(f"F{n} {' '.join(fact.text.split())}" for n, fact in enumerate(facts, 1))
    filled = {"clinic": turn.clinic.name, "language": NAMES[turn.language], "canary": canary}
    return Prompt(
        system=SYSTEM.substitute(filled, facts=lines),
        user="\n\n".join(_parts(turn)),
        sources=sources,
        known=(*(fact.text for fact in facts), *(hit.text for hit in hits)),
        notes=tuple(hit.text for hit in hits),
        rules=SYSTEM.substitute(filled | {"clinic": "", "language": ""}, facts=""),
        canary=canary,
    )


def _parts(turn: Turn) -> Iterator[str]:
    if turn.hits:
        notes = (fenced("note", hit.text, id=f"N{n}") for n, hit in enumerate(turn.hits[:MAX_HITS], 1))
        yield _block("notes", notes)
    if turn.summary:
        yield fenced("summary", turn.summary)
    if turn.conversation:
        said = (
            fenced("said", text, MAX_SAID_CHARS, by=author if author in _AUTHORS else "patient")
            for author, text in turn.conversation[-MAX_SAID:]
        )
        yield _block("conversation", said)
    yield _block("patient", (neutral(text) for text in turn.texts[-MAX_TEXTS:]))


def _block(tag: str, parts: Iterable[str]) -> str:
    return "\n".join((f"<{tag}>", *parts, f"</{tag}>"))


def fitting(facts: tuple[Fact, ...], limit: int = MAX_FACTS) -> Iterator[Fact]:
    """As many facts as fit, in their order; a detail never takes the place of a fact."""
    plain = sum(len(fact.text) + 6 for fact in facts if not fact.detail)
    room = {False: limit, True: max(0, limit - plain)}
    for fact in facts:
        cost = len(fact.text) + 6
        if cost <= room[fact.detail]:
            room[fact.detail] -= cost
            yield fact
