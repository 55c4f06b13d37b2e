"""How does a patient's text stay inside its delimiters?

Nothing that a patient writes keeps an angle bracket, in any of the shapes that a model could take for one, so no tag of
ours can be opened or closed from inside. The marks of chat templates go too, for endpoints that would read them.
"""

import re
import unicodedata

OPEN, CLOSE = "‹", "›"  # what a bracket becomes: people still read it, and no tag is made of it
MAX_CHARS = 2000  # of one text: a longer one is a letter, and its opening says enough
_BRACKETS = str.maketrans(
    dict.fromkeys("<＜﹤❮⟨〈《≺⋖«⟪", OPEN) | dict.fromkeys(">＞﹥❯⟩〉》≻⋗»⟫", CLOSE) | {"\u2028": "\n", "\u2029": "\n"}
)
_ENTITY = re.compile(r"&(?:(lt|gt)|#0*(?:(60|62)|x0*(3[ce])));?", re.IGNORECASE)
_TEMPLATE = re.compile(r"\[\s*/?\s*(INST|SYS(?:TEM)?)\s*\]", re.IGNORECASE)
_BARS = re.compile(f"{OPEN}[|｜]|[|｜]{CLOSE}")
_KEPT = frozenset("\n\t")


def neutral(text: str, limit: int = MAX_CHARS) -> str:
    """The text as data: readable as before, and unable to end or to imitate what stands around it."""
    plain = _ENTITY.sub(_entity, _visible(text[: limit * 2])).translate(_BRACKETS)
    plain = _TEMPLATE.sub(lambda found: f"({found[1]})", _BARS.sub("", plain))
    return plain if len(plain) <= limit else plain[:limit] + "…"


def fenced(tag: str, text: str, limit: int = MAX_CHARS, **attributes: str) -> str:
    """`text`, made neutral, between tags of ours."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{said}>\n{neutral(text, limit)}\n</{tag}>"


def _visible(text: str) -> str:
    """Without what nobody sees: zero-width marks, direction overrides, tag characters, control characters."""
    return "".join(mark for mark in text if mark in _KEPT or unicodedata.category(mark) not in _HIDDEN)


_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def _entity(found: re.Match[str]) -> str:
    name = (found[1] or found[2] or found[3]).lower()
    return OPEN if name in ("lt", "60", "3c") else CLOSE
