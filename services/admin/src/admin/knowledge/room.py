"""What can be seen and done with what a clinic knows? Read, upload, remove, and ask what a question would find."""

import asyncio
from typing import Annotated

import msgspec

from admin.access.audit import Audit
from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint, Reply, etag
from admin.knowledge.texts import Texts, source_of, unknown
from admin.library import Library, Shelf
from admin.steering.matching import check_match
from admin.templates.room import OfClinic
from clinic import Document
from clinic.language import detect
from clinic.pdf import MAX_PDF_BYTES
from shared.service import Platform

MARKDOWN = "text/markdown"
HITS = 5  # as many as the responder looks at
BODY_LIMIT = MAX_PDF_BYTES + 1024  # a little too much is told by its name


class OneText(OfClinic, frozen=True, kw_only=True):
    """One text of a clinic."""

    name: Annotated[str, msgspec.Meta(max_length=200, description="A file name: `parking.md`, `parking.es.md`.")]


class TextLine(msgspec.Struct, frozen=True, kw_only=True):
    """One text."""

    name: str
    topic: str
    language: str
    characters: int
    uploaded: bool
    """Uploaded here; else a file of the clinic's folder."""
    over_a_file: bool = False
    """A file of the same name is hidden by it."""


class TextList(msgspec.Struct, frozen=True, kw_only=True):
    """What a clinic knows."""

    clinic: str
    items: list[TextLine]
    broken: list[str] = []
    """Uploads that no longer fit the clinic's file, and are left out."""


class ClinicText(msgspec.Struct, frozen=True, kw_only=True):
    """One text in full."""

    clinic: str
    line: TextLine
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a patient might ask."""

    question: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a text that speaks to the question."""

    source: str
    heading: str
    text: str
    language: str
    score: float
    coverage: float
    """How much of the question it speaks to, 0 to 1."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What a question finds, the best first."""

    language: str
    """In which the question was understood to be."""
    hits: list[Found]


class KnowledgeDesk:
    """What the clinics know."""

    def __init__(self, platform: Platform, library: Library, audit: Audit) -> None:
        self._library, self._texts = library, Texts(platform, audit)
        all_, one, tag = "/admin/knowledge", "/admin/knowledge/{name}", "knowledge"
        self.endpoints = [
            Endpoint("GET", all_, Role.VIEWER, self.list, tag),
            Endpoint("POST", f"{all_}/ask", Role.VIEWER, self.ask, tag, again=True),
            Endpoint("GET", one, Role.VIEWER, self.read, tag),
            Endpoint("PUT", one, Role.OPERATOR, self.put, tag, takes=MARKDOWN, body_limit=BODY_LIMIT),
            Endpoint("DELETE", one, Role.OPERATOR, self.remove, tag),
        ]

    async def list(self, asked: Asked[OfClinic, None]) -> TextList:
        """The clinic's texts: the files of its folder, and what was uploaded here, which goes before them."""
        shelf = await self._shelf(asked.query)
        lines = [_line(shelf, document) for document in shelf.clinic.documents]
        sound = {line.name for line in lines}
        return TextList(clinic=shelf.files.id, items=lines, broken=sorted(set(shelf.texts) - sound))

    async def read(self, asked: Asked[OneText, None]) -> ClinicText:
        """One text in full. Its ETag goes into `If-Match` of a change."""
        return _read(await self._shelf(asked.query), asked.query.name)

    async def put(self, asked: Asked[OneText, str]) -> Reply[ClinicText]:
        """Upload a text, under a new name or over another. It answers within seconds, on every replica.

        The body is the text itself, with `parking.md` in the clinic's first language and `parking.es.md` in Spanish.
        With `If-Match` it is changed only if nobody else changed it since it was read; else 412.
        """
        shelf, name = await self._shelf(asked.query), asked.query.name
        if "If-Match" in asked.request.headers:
            check_match(asked.request, _read(shelf, name))
        await self._texts.put(shelf, name, await asked.request.read(), asked.who.name)
        new = _read(await self._shelf(asked.query), name)
        return Reply(new, headers={"ETag": etag(msgspec.json.encode(new))})

    async def remove(self, asked: Asked[OneText, None]) -> TextList:
        """Take an uploaded text away. A file of the same name answers again."""
        shelf, name = await self._shelf(asked.query), asked.query.name
        if "If-Match" in asked.request.headers:
            check_match(asked.request, _read(shelf, name))
        await self._texts.remove(shelf, name, asked.who.name)
        return await self.list(Asked(asked.who, asked.query, None, asked.request))

    async def ask(self, asked: Asked[OfClinic, Question]) -> Findings:
        """What a patient's question would find: in which language it is, and the pieces of texts nearest to it."""
        shelf, question = await self._shelf(asked.query), asked.body.question
        language = detect(question, default=shelf.clinic.language, among=shelf.clinic.languages)
        hits = await asyncio.to_thread(shelf.knowledge.search, question, language, HITS)
        found = [
            Found(
                source=hit.source, heading=hit.heading, text=hit.text, language=hit.language,
                score=round(hit.score, 3), coverage=round(hit.coverage, 3),
            )
            for hit in hits
        ]  # fmt: skip
        return Findings(language=language, hits=found)

    async def _shelf(self, query: OfClinic) -> Shelf:
        return await self._library.shelf(await self._library.of(query.clinic, query.instance))


def _line(shelf: Shelf, document: Document) -> TextLine:
    name = document.source.partition("/")[2]
    files = {one.source for one in shelf.files.documents}
    uploaded = name in shelf.texts
    return TextLine(
        name=name, topic=document.topic, language=document.language, characters=len(document.text),
        uploaded=uploaded, over_a_file=uploaded and document.source in files,
    )  # fmt: skip


def _read(shelf: Shelf, name: str) -> ClinicText:
    for document in shelf.clinic.documents:
        if document.source == source_of(name):
            return ClinicText(clinic=shelf.files.id, line=_line(shelf, document), text=document.text)
    raise unknown(shelf, name)
