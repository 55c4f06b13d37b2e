"""Which things do a word's relatives in three languages stand for? The lists are in `words/concepts.yaml`."""

from functools import lru_cache
from importlib.resources import files

import yaml

MIN_ROOT = 3  # letters before `*`


def _lists() -> dict[str, list[str]]:
    text = (files(__package__) / "words" / "concepts.yaml").read_text(encoding="utf-8")
    loaded = yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- BaseLoader builds nothing but text and mappings
    return {name: listed.split() for name, listed in loaded.items()}


def _tables() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    whole: dict[str, set[str]] = {}
    roots: dict[str, set[str]] = {}
    for name, listed in _lists().items():
        for word in listed:
            table = roots if word.endswith("*") else whole
            table.setdefault(word.rstrip("*"), set()).add(f"zz{name}")  # no word of a language begins with zz
    return whole, roots


_WHOLE, _ROOTS = _tables()
WORDS = frozenset(_WHOLE) | frozenset(_ROOTS)


@lru_cache(maxsize=20_000)
def concepts(word: str) -> frozenset[str]:
    """What a folded word means, as terms to index and to look for."""
    found = set(_WHOLE.get(word, ()))
    for end in range(MIN_ROOT, len(word) + 1):
        found |= _ROOTS.get(word[:end], set())
    return frozenset(found)
