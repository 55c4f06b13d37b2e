"""Where in the clinic's knowledge is this answered?

One in-memory FTS5 table for each language, so that a word is rare or common among its own. Text and question
are folded, stemmed and given their meanings alike before they meet; any word may hit (OR), bm25 orders, and
`coverage` says how much of the question the best chunk speaks to, which bm25 alone does not.
"""

import sqlite3
from collections.abc import Iterable
from itertools import count

from msgspec import Struct

from clinic.knowledge.asked import Asked, terms, weigh, worth
from clinic.knowledge.chunks import Chunk, chunks
from clinic.knowledge.concepts import concepts
from clinic.knowledge.spelling import Speller
from clinic.language import CHATTER, STOP, words
from clinic.model import Clinic
from clinic.text import LANGUAGES, Language

CANDIDATES = 10  # looked at closely: bm25 alone may not put the one that covers most first
ENOUGH = 0.5  # covered by the patient's own language: no need to look into the clinic's first one
BODY = 0.85  # a word in the text alone is less surely what the piece is about
ABOVE = 0.6  # and one in the headings above, which all pieces of a file share, least of all
ALIKE = 0.92  # and so is a word of the same meaning
_FIND = """
    SELECT rowid, -bm25({table}, 3.0, 2.0, 1.0) AS score  -- heading, keywords, text
    FROM {table} WHERE {table} MATCH ? ORDER BY score DESC LIMIT ?
"""  # the tables are our own three languages


class Hit(Struct, frozen=True):
    """A chunk that speaks to the question.

    `coverage` (0..1) is the part of the question's weight it holds, in the words `held`.
    """

    score: float
    text: str
    heading: str
    source: str
    coverage: float = 0.0
    language: Language = "pt"
    held: frozenset[str] = frozenset()


class _Row(Struct, frozen=True):
    chunk: Chunk
    heading: tuple[str, ...]
    keywords: tuple[str, ...]
    text: tuple[str, ...]
    above: tuple[str, ...]

    @property
    def about(self) -> frozenset[str]:
        return frozenset(self.heading + self.keywords)

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(self.heading + self.keywords + self.text + self.above)


class Knowledge:
    """The searchable knowledge of one clinic as loaded."""

    def __init__(self, rows: dict[tuple[str, str], tuple[_Row, ...]], clinic: Clinic) -> None:
        self._files = rows
        self._first = clinic.language
        self._named = frozenset(word for service in clinic.services for name in service.called for word in words(name))
        self._rows = dict(zip(count(1), (row for file in rows.values() for row in file), strict=False))
        self._terms = {number: (row.about, frozenset(row.text), row.terms) for number, row in self._rows.items()}
        self._spoken = {language: self._of(language) for language in LANGUAGES}
        self._where = {language: _where(rows) for language, rows in self._spoken.items()}
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
        return cls(rows, clinic)

    @property
    def pieces(self) -> tuple[Chunk, ...]:
        """All pieces, in the order of the files."""
        return tuple(row.chunk for row in self._rows.values())

    @property
    def texts(self) -> tuple[str, ...]:
        """All that the knowledge says, for checks of what an answer may quote."""
        return tuple(row.chunk.text for row in self._rows.values())

    def words(self, language: Language) -> frozenset[str]:
        """The words the knowledge of a language is written with."""
        return self._spell[language].known

    def search(self, text: str, language: Language, limit: int = 5) -> list[Hit]:
        """The chunks nearest to the question, best first: the patient's language, else the clinic's first."""
        found = self._search(text, language, language)
        if language != self._first:
            covered = max((hit.coverage for hit in found), default=0.0)
            topics = {row.chunk.topic for row in self._spoken[language]}
            others = self._search(text, self._first, language)
            found += [hit for hit in others if covered < ENOUGH or _topic(hit.source) not in topics]
        return sorted(found, key=lambda hit: (-round(hit.coverage, 1), hit.language != language, -hit.score))[:limit]

    def _search(self, text: str, table: Language, spoken: Language) -> list[Hit]:
        asked = self._asked(text, table, spoken)
        if not asked:
            return []
        sought = dict.fromkeys(term for one in asked for term in one.terms)
        query = " OR ".join(f'"{term}"' for term in sought)  # quoted: a term is never an operator
        rows = self._database.execute(_FIND.format(table=table), (query, CANDIDATES)).fetchall()
        return [self._hit(number, score, asked) for number, score in rows]

    def _asked(self, text: str, table: Language, spoken: Language) -> list[Asked]:
        """The question's words, looked for in the `table` of a language, written in the `spoken` one."""
        where, spell = self._where[table], self._spell[table]

        def held(sought: Iterable[str]) -> int:
            return len(set().union(*(where.get(term, ()) for term in sought)))

        corrected = (word if word in CHATTER or concepts(word) else spell(word) for word in words(text))
        pieces, foreign = len(self._spoken[table]), table != spoken
        return weigh(worth(corrected, spoken), table, held, pieces, self._named, foreign=foreign)

    def _hit(self, number: int, score: float, asked: list[Asked]) -> Hit:
        chunk, (about, said, all_terms) = self._rows[number].chunk, self._terms[number]
        found = {one.word: one.weight * _share(one, about, said, all_terms) for one in asked}
        held = frozenset(word for word, weight in found.items() if weight)
        solid = any(one.solid and one.word in held for one in asked)
        coverage = sum(found.values()) / (sum(one.weight for one in asked) or 1) if solid else 0.0
        return Hit(score, chunk.text, chunk.heading, chunk.source, coverage, chunk.language, held)

    def _of(self, language: Language) -> list[_Row]:
        return [row for row in self._rows.values() if row.chunk.language == language]

    def _filled(self) -> sqlite3.Connection:
        database = sqlite3.connect(":memory:", check_same_thread=False)  # only read after this
        for language in LANGUAGES:
            columns = "heading, keywords, body, tokenize='unicode61 remove_diacritics 2'"
            database.execute(f"CREATE VIRTUAL TABLE {language} USING fts5({columns})")
        for number, row in self._rows.items():
            fields = (" ".join(row.heading), " ".join(row.keywords), " ".join(row.text + row.above))
            sql = f"INSERT INTO {row.chunk.language} (rowid, heading, keywords, body) VALUES (?, ?, ?, ?)"  # noqa: S608
            database.execute(sql, (number, *fields))
        return database


def _row(chunk: Chunk) -> _Row:
    above = chunk.title.removesuffix(chunk.heading)
    parts = (_terms(part, chunk.language) for part in (chunk.heading, chunk.keywords, chunk.text, above))
    return _Row(chunk, *parts)


def _terms(text: str, language: Language) -> tuple[str, ...]:
    return tuple(term for word in words(text) if word not in STOP[language] for term in sorted(terms(word, language)))


def _where(rows: list[_Row]) -> dict[str, set[int]]:
    """In which pieces a term stands."""
    found: dict[str, set[int]] = {}
    for at, row in enumerate(rows):
        for term in row.terms:
            found.setdefault(term, set()).add(at)
    return found


def _share(asked: Asked, about: frozenset[str], said: frozenset[str], all_terms: frozenset[str]) -> float:
    """How well a piece holds a word: in its heading or keywords, in its text or above it; itself or one like it."""
    for where, terms_there in ((1.0, about), (BODY, said), (ABOVE, all_terms)):
        if asked.terms & terms_there:
            return where if asked.stem in terms_there else where * ALIKE
    return 0.0


def _vocabulary(rows: list[_Row]) -> set[str]:
    parts = (part for row in rows for part in (row.chunk.title, row.chunk.keywords, row.chunk.text))
    return {word for part in parts for word in words(part)}


def _topic(source: str) -> str:
    return source.removeprefix("knowledge/").partition(".")[0]
