"""Which of the clinic's services does a question name?"""

from collections.abc import Sequence

from msgspec import Struct

from clinic.knowledge.stems import stem
from clinic.model import Service
from clinic.text import LANGUAGES, Language
from responder.answerer.lexicon import Form, Lexicon

MAX_NAMED = 3  # one reply speaks of so many services at most


class Named(Struct, frozen=True):
    """`sure` are named in full; `open` share a name of which only the beginning was said; `rest` is left over."""

    sure: tuple[Service, ...] = ()
    open: tuple[Service, ...] = ()
    rest: tuple[str, ...] = ()
    used: tuple[str, ...] = ()  # the words that name them
    guessed: bool = False  # by the beginning of its name alone

    @property
    def any(self) -> bool:
        return bool(self.sure or self.open)


def named(words: Sequence[str], lexicon: Lexicon) -> Named:
    """The services that folded, corrected words name."""
    full: dict[str, tuple[frozenset[int], Service]] = {}
    heads: dict[str, tuple[frozenset[int], Service]] = {}
    for language in LANGUAGES:
        places = _places(words, language)
        for form in lexicon.forms(language, places):
            _note(form, places, full, heads)
    kept = _longest(full)
    found = kept or heads
    used = frozenset(at for places, _ in found.values() for at in places)
    rest = tuple(word for at, word in enumerate(words) if at not in used and not lexicon.says_nothing(word))
    naming = tuple(words[at] for at in sorted(used))
    services = [service for _, service in found.values()]
    if kept and len({places for places, _ in kept.values()}) == len(kept):
        return Named(sure=tuple(services[:MAX_NAMED]), rest=rest, used=naming)
    if len(services) == 1 and not kept and not rest:
        return Named(sure=tuple(services), used=naming, guessed=True)
    return Named(open=tuple(services), rest=rest, used=naming)


def _places(words: Sequence[str], language: Language) -> dict[str, int]:
    return {stem(word, language): at for at, word in enumerate(words)}


def _note(
    form: Form,
    places: dict[str, int],
    full: dict[str, tuple[frozenset[int], Service]],
    heads: dict[str, tuple[frozenset[int], Service]],
) -> None:
    at = frozenset(places[one] for one in form.stems if one in places)
    if len(at) == len(form.stems) and len(at) > len(full.get(form.service.id, (frozenset(), None))[0]):
        full[form.service.id] = (at, form.service)
    elif form.head in places:
        heads.setdefault(form.service.id, (frozenset((places[form.head],)), form.service))


def _longest(full: dict[str, tuple[frozenset[int], Service]]) -> dict[str, tuple[frozenset[int], Service]]:
    """Without the services whose words another one's longer name holds too."""
    return {
        name: (at, service) for name, (at, service) in full.items() if not any(at < other for other, _ in full.values())
    }
