"""How are the lists in `words/` read?"""

from importlib.resources import files
from typing import Any

import yaml


def wordlist(name: str) -> Any:
    """A list of ours as written: every scalar stays text, so `no` and `on` are words and not truth values."""
    text = (files(__package__) / "words" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- BaseLoader builds nothing but text, lists and mappings
