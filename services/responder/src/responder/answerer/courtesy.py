"""Is this only a greeting, a thank-you, a goodbye or an "ok", so that nothing needs to be looked up?"""

import re
from collections.abc import Sequence
from typing import Literal

from clinic.knowledge.spelling import Speller
from responder.answerer.cues import compiled
from responder.answerer.wordlists import wordlist

Courtesy = Literal["greeting", "thanks", "bye", "ok", "emoji"]

_KINDS: tuple[Courtesy, ...] = ("thanks", "bye", "greeting", "ok")  # the first one said is answered
_READ = wordlist("courtesy")
_CLOSING = tuple(_READ.pop("closing"))
_LISTS = {name: frozenset(listed.split()) for name, listed in _READ.items()}
WORDS = frozenset().union(*_LISTS.values())
GREETINGS = _LISTS["greeting"]
_SPELL = Speller(WORDS)
_HOW_ARE_YOU = (
    "tudo", "que tal", "como esta", "como estan", "como va", "como vai", "como anda", "como estas", "how are", "hows",
    "como andan", "todo bien", "que pasa", "how is it", "whats up",
)  # fmt: skip
_OPENING = re.compile(rf"(?:(?:{'|'.join(sorted(_LISTS['ok'] | _LISTS['thanks'] | {'entao', 'bueno', 'bom'}))}) )*")
MAX_WORDS = 9  # a longer text has something to say


def courtesy(words: Sequence[str], *, asks: bool) -> Courtesy | None:
    """The politest thing said, if the message says nothing else; `asks` when it has a question mark."""
    if not words:
        return "greeting" if asks else "emoji"
    if len(words) > MAX_WORDS:
        return None
    strange = [word for word in words if word not in WORDS]
    if len(strange) == 1:
        words = [_SPELL(word) for word in words]  # one slip
        strange = [word for word in words if word not in WORDS]
    if strange:
        return "ok" if not asks and _closes(words) else None
    found: Courtesy | None = next((kind for kind in _KINDS if not _LISTS[kind].isdisjoint(words)), None)
    if found in (None, "ok") and " ".join(words).startswith(_HOW_ARE_YOU):
        return "greeting"
    if found is None and words[0] in ("hasta", "see"):
        return "bye"
    return found


def _closes(words: Sequence[str]) -> bool:
    """The patient takes leave of the matter: `ok, I'll let you know`."""
    line = " ".join(words)
    return compiled(_CLOSING).match(f"{line} ", len(_OPENING.match(line)[0])) is not None  # type: ignore[index]
