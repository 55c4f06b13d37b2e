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
_CLOSING, _WISHES, _FAREWELLS, _ASIDES, _NAMES, _SEASON = (
    compiled(tuple(_READ.pop(name))) for name in ("closing", "wishes", "farewells", "asides", "names", "season")
)
_LISTS = {name: frozenset(listed.split()) for name, listed in _READ.items()}
WORDS = frozenset().union(*_LISTS.values())
GREETINGS = _LISTS["greeting"]
_SPELL = Speller(WORDS)
_HOW_ARE_YOU = (
    "tudo", "que tal", "como esta", "como estan", "como va", "como vai", "como anda", "como estas", "how are", "hows",
    "como andan", "todo bien", "que pasa", "how is it", "whats up",
)  # fmt: skip
_OPENING = re.compile(rf"(?:(?:{'|'.join(sorted(_LISTS['ok'] | _LISTS['thanks'] | {'entao', 'bueno', 'bom'}))}) )*")
_UPSET = frozenset("😡😠🤬😤😭😢😞😔😟🙁☹😣😖😩😫😰😱😥😓🤒🤕🤢🤮💔🩸👎")
MAX_NAME = 3  # words: `Ana Clara Souza`
MAX_WORDS = 9  # a longer text has something to say


def courtesy(words: Sequence[str], *, asks: bool) -> Courtesy | None:
    """The politest thing said, if the message says nothing else; `asks` when it has a question mark."""
    if not words:
        return "greeting" if asks else "emoji"
    if len(words) > MAX_WORDS or (asks and sum(word not in WORDS for word in words) > 1):
        return None
    whole = f"{' '.join(words)} "
    line = _SEASON.sub("", whole)
    wished = line != whole
    parts = not asks and _FAREWELLS.match(line)
    bare = _ASIDES.sub("", _FAREWELLS.sub("", line) if parts else line).split()
    if not bare:
        return "bye" if parts else "greeting"
    spelled = _spelled(bare)
    strange = [word for word in spelled if word not in WORDS]
    line = f"{' '.join(spelled)} "
    if strange:
        return None if asks else "greeting" if tells_name(spelled) else "ok" if _closes(line) else None
    found: Courtesy | None = next((kind for kind in _KINDS if not _LISTS[kind].isdisjoint(spelled)), None)
    if found in ("thanks", "bye", "greeting"):
        return found
    return "bye" if parts else _said(line) or ("greeting" if wished else found)


def upset(text: str) -> bool:
    """Does a message of pictures show a face that no smile answers?"""
    return not _UPSET.isdisjoint(text)


def _spelled(words: list[str]) -> list[str]:
    """With one slip mended; more than one strange word has something to say."""
    return [_SPELL(word) for word in words] if sum(word not in WORDS for word in words) == 1 else words


def _said(line: str) -> Courtesy | None:
    """What words that are polite only together say."""
    if _WISHES.match(line) or line.startswith(_HOW_ARE_YOU):
        return "greeting"
    return "bye" if _FAREWELLS.match(line) or line.startswith(("hasta ", "see ")) else "ok" if _closes(line) else None


def tells_name(said: Sequence[str]) -> bool:
    """`Hi, my name is Ana Souza`, and nothing more."""
    line = f"{' '.join(said)} "
    found = _NAMES.search(line)
    if found is None or not 0 < len(line[found.end() :].split()) <= MAX_NAME:
        return False
    return all(word in WORDS for word in line[: found.start()].split())


def _closes(line: str) -> bool:
    """The patient takes leave of the matter: `ok, I'll let you know`."""
    opening = _OPENING.match(line)
    return _CLOSING.match(line, opening.end() if opening else 0) is not None
