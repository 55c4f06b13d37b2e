"""Which little words belong to which language? The lists are in `words/`."""

from importlib.resources import files

_LANGUAGES = ("pt", "es", "en")


def _lines(name: str) -> list[str]:
    text = (files(__package__) / "words" / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _words(kind: str) -> dict[str, frozenset[str]]:
    return {one: frozenset(" ".join(_lines(f"{kind}.{one}")).split()) for one in _LANGUAGES}


_SHARED = frozenset(" ".join(_lines("everyday.pt-es")).split())
STOP = _words("stop")
EVERYDAY = {one: listed | (_SHARED if one != "en" else frozenset()) for one, listed in _words("everyday").items()}
TELLING = {one: listed | EVERYDAY[one] for one, listed in _words("telling").items()}
IDIOMS = {said.strip(): meant.strip() for said, meant in (line.split("=") for line in _lines("idioms"))}
SLANG = {short.strip(): full.strip() for short, full in (line.split("=") for line in _lines("slang"))}

LETTERS: tuple[tuple[str, str, int], ...] = (
    ("pt", "ã", 4), ("pt", "õ", 4), ("pt", "ç", 3), ("pt", "ê", 2), ("pt", "ô", 2), ("pt", "nh", 1), ("pt", "lh", 1),
    ("es", "ñ", 4), ("es", "ll", 1), ("es", "ie", 1), ("es", "ue", 1),
    ("en", "th", 1), ("en", "w", 1), ("en", "sh", 1), ("en", "ck", 2), ("en", "ee", 1), ("en", "oo", 1),
)  # fmt: skip
ENDINGS: tuple[tuple[str, str], ...] = (
    ("pt", "ção"), ("pt", "cao"), ("pt", "ções"), ("pt", "coes"), ("pt", "inho"), ("pt", "inha"), ("pt", "agem"),
    ("pt", "mento"), ("pt", "eiro"), ("pt", "eira"), ("pt", "ões"), ("pt", "ei"), ("es", "ción"), ("es", "cion"),
    ("es", "ciones"), ("es", "dad"), ("es", "ito"), ("es", "ita"), ("es", "miento"), ("es", "arme"), ("es", "erme"),
    ("es", "irme"), ("en", "tion"), ("en", "ing"), ("en", "ment"), ("en", "ness"),
)  # fmt: skip
