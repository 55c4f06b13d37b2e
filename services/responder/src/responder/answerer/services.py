"""Which of the clinic's services does a question name?"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from clinic.knowledge.concepts import concepts
from clinic.knowledge.stems import stem
from clinic.model import Service
from clinic.text import LANGUAGES, Language
from responder.answerer.lexicon import Lexicon
from responder.answerer.names import Form
from responder.answerer.when import WORDS

_Found = dict[str, tuple[frozenset[int], Service]]  # by id: where its words stand
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
    full: _Found = {}
    heads: _Found = {}
    own: set[str] = set()
    for language in LANGUAGES:
        places = _places(words, language, lexicon)
        for form in lexicon.forms(language, places):
            _note(form, places, full, heads, own)
    kept = _longest(full)
    kept = (
        kept | _alone(kept, full, {name: heads[name] for name in heads if name in own}, heads)
        if kept
        else _meant(words, lexicon, heads)
    )
    found = kept or _together(words, lexicon, heads) or heads
    used = frozenset(at for places, _ in found.values() for at in places)
    used |= frozenset(at for name, (places, _) in heads.items() if name in found for at in places)  # said twice
    rest = tuple(word for at, word in enumerate(words) if at not in used and not lexicon.says_nothing(word))
    naming = tuple(words[at] for at in sorted(used))
    services = [service for _, service in found.values()]
    if kept and len({places for places, _ in kept.values()}) == len(kept):
        return Named(sure=tuple(services[:MAX_NAMED]), rest=rest, used=naming)
    if len(services) == 1 and not kept and services[0].id not in own and services[0].id in heads:
        services = _kin(naming, lexicon) or services
    if len(services) == 1 and not kept and not rest:
        return Named(sure=tuple(services), used=naming, guessed=True)
    return Named(open=tuple(services), rest=rest, used=naming)


def _together(words: Sequence[str], lexicon: Lexicon, heads: _Found) -> _Found:
    """All services of the category that is named, unless another word begins some name: `exame ultrassom`."""
    for language in LANGUAGES:
        places = {stem(word, language): at for at, word in enumerate(words)}
        for stems, services in lexicon.categories[language].items():
            if not stems <= places.keys():
                continue
            at = frozenset(places[one] for one in stems)
            if all(begun <= at for begun, _ in heads.values()):
                return {one.id: (at, one) for one in services}
    return {}


def _kin(naming: Sequence[str], lexicon: Lexicon) -> list[Service]:
    """All services that a word may mean which only begins some other name of one."""
    found = {one.id: one for word in naming for meant in concepts(word) for one in lexicon.kin.get(meant, ())}
    return list(found.values())


def _alone(kept: _Found, full: _Found, own: _Found, heads: _Found) -> _Found:
    """Beside those named in full, the ones whose first word stands elsewhere and begins no other name."""
    used = frozenset(at for places, _ in kept.values() for at in places)
    counted = Counter(places for places, _ in heads.values())
    return {
        name: (at, service) for name, (at, service) in own.items()
        if name not in full and not at & used and counted[at] == 1
    }  # fmt: skip


def _meant(words: Sequence[str], lexicon: Lexicon, heads: _Found) -> _Found:
    """Those named by words of the same meanings, when none is by its own."""
    spoken = [(at, meant) for at, word in enumerate(words) if (meant := concepts(word))]
    found: _Found = {}
    every = frozenset().union(*(meant for _, meant in spoken))
    for one in lexicon.meanings if len(spoken) > 1 else ():
        if any(concept.isdisjoint(every) for concept in one.concepts):
            continue
        at = [next((at for at, meant in spoken if meant & concept), -1) for concept in one.concepts]
        if -1 not in at and len(set(at)) == len(at) and (not heads or one.service.id in heads):
            found.setdefault(one.service.id, (frozenset(at), one.service))
    return found


def _places(words: Sequence[str], language: Language, lexicon: Lexicon) -> dict[str, int]:
    """Where each stem stands; a word about time that is like a name, `terca` and `tercer`, names nothing."""
    stems = lexicon.stems(language)
    found = ((at, stem(word, language), word) for at, word in enumerate(words))
    return {one: at for at, one, word in found if word in stems.get(one, ()) or word not in WORDS}


def _note(
    form: Form,
    places: dict[str, int],
    full: _Found,
    heads: _Found,
    own: set[str],
) -> None:
    at = frozenset(places[one] for one in form.stems if one in places)
    if len(at) == len(form.stems) and len(at) > len(full.get(form.service.id, (frozenset(), None))[0]):
        full[form.service.id] = (at, form.service)
    elif form.head in places:
        heads.setdefault(form.service.id, (frozenset((places[form.head],)), form.service))
        if form.own:
            own.add(form.service.id)


def _longest(full: _Found) -> _Found:
    """Without the services whose words another one's longer name holds too."""
    return {
        name: (at, service) for name, (at, service) in full.items() if not any(at < other for other, _ in full.values())
    }
