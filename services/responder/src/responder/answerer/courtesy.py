"""Is this only a greeting, a thank-you, a goodbye or an "ok", so that nothing needs to be looked up?"""

from collections.abc import Sequence
from typing import Literal

from responder.answerer.wordlists import wordlist

Courtesy = Literal["greeting", "thanks", "bye", "ok", "emoji"]

_KINDS: tuple[Courtesy, ...] = ("thanks", "bye", "greeting", "ok")  # the first one said is answered
_LISTS = {name: frozenset(listed.split()) for name, listed in wordlist("courtesy").items()}
WORDS = frozenset().union(*_LISTS.values())
GREETINGS = _LISTS["greeting"] | frozenset("dia dias tarde tardes noite noche noches afternoon evening".split())
MAX_WORDS = 9  # a longer text has something to say


def courtesy(words: Sequence[str], *, asks: bool) -> Courtesy | None:
    """The politest thing said, if the message says nothing else; `asks` when it has a question mark."""
    if not words:
        return "greeting" if asks else "emoji"
    if len(words) > MAX_WORDS:
        return None
    if not all(word in WORDS for word in words):
        return None
    found: Courtesy | None = next((kind for kind in _KINDS if not _LISTS[kind].isdisjoint(words)), None)
    if found is None and words[:2] in (["tudo", "bem"], ["que", "tal"], ["como", "esta"], ["how", "are"]):
        return "greeting"
    if found is None and words[0] in ("ate", "hasta", "see"):
        return "bye"
    return found
