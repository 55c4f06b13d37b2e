"""Which templates are there, and what would one say?"""

from typing import Annotated

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.library import Library
from admin.steering.asking import ClinicName
from admin.templates.rendering import Value, rendered, template_of
from clinic import Language


class OfClinic(msgspec.Struct, frozen=True, kw_only=True):
    """One clinic: by its name, or by an instance that it answers for."""

    clinic: ClinicName = ""
    instance: Annotated[str, msgspec.Meta(max_length=100, description="An instance that the clinic answers for.")] = ""


class OneTemplate(OfClinic, frozen=True, kw_only=True):
    """One template of a clinic."""

    name: str


class Filling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to fill in."""

    variables: dict[str, Value] = {}
    language: Language | None = None
    """None: the clinic's first."""


class TemplateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One template."""

    name: str
    variables: list[str]
    texts: dict[str, str]
    """By language; only the clinic's own."""


class TemplateList(msgspec.Struct, frozen=True, kw_only=True):
    """The templates of a clinic."""

    clinic: str
    languages: list[str]
    """The first is used where none is chosen."""
    items: list[TemplateLine]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be sent."""

    text: str
    language: str


class Templates:
    """Shows templates; sending them is `/admin/messages`, a reply, or a broadcast."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.endpoints = [
            Endpoint("GET", "/admin/templates", Role.VIEWER, self.list, "templates"),
            Endpoint("POST", "/admin/templates/{name}/preview", Role.VIEWER, self.preview, "templates", again=True),
        ]

    async def list(self, asked: Asked[OfClinic, None]) -> TemplateList:
        """The clinic's templates, with their variables. They are written in the clinic's file."""
        clinic = await self._library.of(asked.query.clinic, asked.query.instance)
        lines = [
            TemplateLine(
                name=name,
                variables=[*template.variables],
                texts={language: template.text.say(language) for language in clinic.languages},
            )
            for name, template in clinic.templates.items()
        ]
        return TemplateList(clinic=clinic.id, languages=[*clinic.languages], items=lines)

    async def preview(self, asked: Asked[OneTemplate, Filling]) -> Preview:
        """What a template would say. A variable that is missing or unknown is told by its name."""
        clinic = await self._library.of(asked.query.clinic, asked.query.instance)
        template = template_of(clinic, asked.query.name, "name", 404)
        text = rendered(clinic, template, asked.body.variables, asked.body.language)
        return Preview(text=text, language=asked.body.language or clinic.language)
