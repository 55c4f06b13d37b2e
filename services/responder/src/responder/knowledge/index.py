"""Where in the clinic's knowledge is this answered?

One in-memory FTS5 table for each language, so that a word is rare or common among its own. Text and question
are folded and stemmed alike before they meet; any word may hit (OR), bm25 orders, and `coverage` says how much
of the question the best chunk speaks to, which bm25 alone does not.
"""

import math
import sqlite3
from collections import Counter
from itertools import count

from msgspec import Struct

from responder.clinic.model import Clinic
from responder.clinic.text import LANGUAGES, Language
from responder.knowledge.chunks import Chunk, chunks
from responder.knowledge.spelling import Speller
from responder.knowledge.stems import stems, terms
from responder.language import STOP, words

MAX_TERMS = 24  # a longer question is cut: the search must stay bounded whatever is sent
_FIND = """
    SELECT rowid, -bm25({table}, 3.0, 2.0, 1.0) AS score  -- heading, keywords, text
    FROM {table} WHERE {table} MATCH ? ORDER BY score DESC LIMIT ?
"""  # the tables are our own three languages


class Hit(Struct, frozen=True):
    """A chunk that speaks to the question; `coverage` (0..1) is the part of the question's weight it holds."""

    score: float
    text: str
    heading: str
    source: str
    coverage: float = 0.0
    language: Language = "pt"


class _Row(Struct, frozen=True):
    chunk: Chunk
    heading: tuple[str, ...]
    keywords: tuple[str, ...]
    text: tuple[str, ...]

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self.heading + self.keywords + self.text)


class Knowledge:
    """The searchable knowledge of one clinic as loaded."""

    def __init__(self, rows: dict[tuple[str, str], tuple[_Row, ...]], first: Language) -> None:
        self._files = rows
        self._first = first
        self._rows = dict(zip(count(1), (row for file in rows.values() for row in file), strict=False))
        self._stems = {number: row.stems for number, row in self._rows.items()}
        self._spoken = {language: self._of(language) for language in LANGUAGES}
        self._common = {language: _counted(rows) for language, rows in self._spoken.items()}
        self._spell = {language: Speller(_vocabulary(rows) | STOP[language]) for language, rows in self._spoken.items()}
        self._database = self._filled()

    @classmethod
    def build(cls, clinic: Clinic, previous: "Knowledge | None" = None) -> "Knowledge":
        """Index a clinic; files that `previous` has with the same text are not cut and stemmed again."""
        known = previous._files if previous else {}
        rows = {
            (one.source, one.text): known.get((one.source, one.text)) or tuple(map(_row, chunks(one)))
            for one in clinic.documents
        }
        return cls(rows, clinic.language)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that the knowledge says, for checks of what an answer may quote."""
        return tuple(row.chunk.text for row in self._rows.values())

    def words(self, language: Language) -> frozenset[str]:
        """The words the knowledge of a language is written with."""
        return self._spell[language].known

    def search(self, text: str, language: Language, limit: int = 5) -> list[Hit]:
        """The chunks nearest to the question, best first: the patient's language, else the clinic's first."""
        found = self._search(text, language, limit)
        if language != self._first:
            topics = {row.chunk.topic for row in self._spoken[language]}
            found += [hit for hit in self._search(text, self._first, limit) if _topic(hit.source) not in topics]
        return sorted(found, key=lambda hit: (-hit.coverage, -hit.score))[:limit] if found else []

    def _search(self, text: str, language: Language, limit: int) -> list[Hit]:
        asked = self._asked(text, language)
        if not asked:
            return []
        query = " OR ".join(f'"{term}"' for term in asked)  # quoted: a term is never an operator
        rows = self._database.execute(_FIND.format(table=language), (query, limit)).fetchall()
        return [self._hit(number, score, asked) for number, score in rows]

    def _asked(self, text: str, language: Language) -> dict[str, float]:
        """The question's stems with their weight: rare ones weigh more, and unknown ones most."""
        spell, common, total = self._spell[language], self._common[language], len(self._spoken[language])
        corrected = " ".join(spell(word) for word in words(text))
        return {term: math.log(1 + total / (0.5 + common[term])) for term in terms(corrected, language)[:MAX_TERMS]}

    def _hit(self, number: int, score: float, asked: dict[str, float]) -> Hit:
        chunk, held = self._rows[number].chunk, self._stems[number]
        covered = sum(weight for term, weight in asked.items() if term in held)
        return Hit(score, chunk.text, chunk.heading, chunk.source, covered / sum(asked.values()), chunk.language)

    def _of(self, language: Language) -> list[_Row]:
        return [row for row in self._rows.values() if row.chunk.language == language]

    def _filled(self) -> sqlite3.Connection:
        database = sqlite3.connect(":memory:", check_same_thread=False)  # only read after this
        for language in LANGUAGES:
            columns = "heading, keywords, body, tokenize='unicode61 remove_diacritics 2'"
            database.execute(f"CREATE VIRTUAL TABLE {language} USING fts5({columns})")
        for number, row in self._rows.items():
            fields = (" ".join(row.heading), " ".join(row.keywords), " ".join(row.text))
            sql = f"INSERT INTO {row.chunk.language} (rowid, heading, keywords, body) VALUES (?, ?, ?, ?)"  # noqa: S608
            database.execute(sql, (number, *fields))
        return database


def _row(chunk: Chunk) -> _Row:
    language = chunk.language
    parts = (chunk.title, chunk.keywords, chunk.text)
    heading, keywords, text = (tuple(stems(part, language)) for part in parts)
    return _Row(chunk, heading, keywords, text)


def _counted(rows: list[_Row]) -> Counter[str]:
    return Counter(one for row in rows for one in row.stems)


def _vocabulary(rows: list[_Row]) -> set[str]:
    parts = (part for row in rows for part in (row.chunk.title, row.chunk.keywords, row.chunk.text))
    return {word for part in parts for word in words(part)}


def _topic(source: str) -> str:
    return source.removeprefix("knowledge/").partition(".")[0]
