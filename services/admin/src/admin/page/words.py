"""How does the page say it in Portuguese, Spanish or English? Catalogs in YAML, the three languages side by side.

`words/chats.yaml` holds `title: {pt: …, es: …, en: …}`, asked for as `chats.title`. What depends on a number has the
plural's forms: `{pt: {one: "{n} mensagem", other: "{n} mensagens"}, …}`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import msgspec
import yaml
from babel import Locale

Language = Literal["pt", "es", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LOCALES: Mapping[Language, str] = {"pt": "pt_BR", "es": "es_AR", "en": "en"}


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence that depends on a number."""

    one: str
    other: str


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to say."""

    pt: str | Forms
    es: str | Forms
    en: str | Forms


Catalog = Mapping[str, Entry]


@cache
def catalog() -> Catalog:
    """Everything that can be said, by its key. Raises msgspec.ValidationError for what lacks a language."""
    found: dict[str, Entry] = {}
    for file in sorted(resources.files(__package__).joinpath("words").iterdir(), key=lambda file: file.name):
        room = file.name.removesuffix(".yaml")
        given = yaml.safe_load(file.read_text("utf-8"))
        entries = msgspec.convert(given, dict[str, Entry])
        found.update({f"{room}.{key}": entry for key, entry in entries.items()})
    return found


class Words:
    """Says things in one language. A template calls it `t`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES[language])
        self._catalog = catalog()

    def __call__(self, key: str, **values: Any) -> str:
        """The words of `key`, with `values` put in; `n` chooses the plural's form. Raises KeyError."""
        said = getattr(self._catalog[key], self.language)
        if isinstance(said, Forms):
            said = said.one if self.locale.plural_form(values["n"]) == "one" else said.other
        return str(said.format(**values)) if values else str(said)

    def __contains__(self, key: str) -> bool:
        return key in self._catalog

    def known(self, key: str, otherwise: str) -> str:
        """The words of `key` if there are any: for names that come from outside, such as a new event's."""
        return self(key) if key in self._catalog else otherwise
