"""In which languages does a clinic speak, and how is a text given in them?"""

from typing import Literal, Self

from msgspec import Struct

Language = Literal["pt", "es", "en"]
LANGUAGES: tuple[Language, ...] = ("pt", "es", "en")


class Text(Struct, frozen=True):
    """The same sentence in each language; the loader fills a gap with the clinic's first language."""

    pt: str = ""
    es: str = ""
    en: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text, text, text)

    def say(self, language: Language) -> str:
        return str(getattr(self, language))


class Words(Struct, frozen=True):
    """What patients call a thing, by language."""

    pt: tuple[str, ...] = ()
    es: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.pt + self.es + self.en
