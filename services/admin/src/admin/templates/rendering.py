"""What does a template come to? Every variable is checked by its name before a word is sent."""

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec

from admin.http.problems import Problem
from clinic import LANGUAGES, Clinic, Language
from clinic.errors import suggestion
from clinic.model import Template
from shared.events import TEXT_LIMIT

_VARIABLE = re.compile(r"\{([^{}]*)\}")
VALUE_MAX = 500
Value = Annotated[str, msgspec.Meta(max_length=VALUE_MAX)]


class Use(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template of the clinic's, with its variables."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    language: Language | None = None
    """None: the clinic's first."""
    variables: dict[str, Value] = {}

    def rendered(self, clinic: Clinic, where: str = "template") -> str:
        """The words. Raises Problem 400 that names the variable; `where` is the field this stands in."""
        template = template_of(clinic, self.name, f"{where}.name")
        return rendered(clinic, template, self.variables, self.language, f"{where}.")


def template_of(clinic: Clinic, name: str, parameter: str, status: int = 400) -> Template:
    """The clinic's template of this name. Raises Problem."""
    if name not in clinic.templates:
        near = suggestion(name, clinic.templates)
        raise Problem(status, f"{clinic.id} has no template {name!r}{near}", parameter=parameter)
    return clinic.templates[name]


def rendered(
    clinic: Clinic, template: Template, variables: Mapping[str, str], language: Language | None, where: str = ""
) -> str:
    """The template with its variables filled in. Raises Problem 400 that names the one that is wrong."""
    check_language(clinic, language, f"{where}language")
    for name in variables:
        if name not in template.variables:
            near = suggestion(name, template.variables)
            detail = f"the template has no variable {name!r}{near}" if template.variables else "it has no variables"
            raise Problem(400, detail, parameter=f"{where}variables.{name}")
    for name in template.variables:
        if not variables.get(name, "").strip():
            detail = f"the variable {name!r} is missing; the template wants {', '.join(template.variables)}"
            raise Problem(400, detail, parameter=f"{where}variables.{name}")
    text = _VARIABLE.sub(lambda found: variables[found[1]].strip(), template.text.say(language or clinic.language))
    if len(text) > TEXT_LIMIT:
        raise Problem(400, f"it comes to {len(text)} characters; WhatsApp takes {TEXT_LIMIT}", parameter=where)
    return text


def check_language(clinic: Clinic, language: Language | None, parameter: str) -> None:
    """Raises Problem 400 when the clinic does not speak it."""
    if language is not None and language not in clinic.languages:
        spoken = ", ".join(one for one in LANGUAGES if one in clinic.languages)
        raise Problem(400, f"{clinic.id} does not speak {language!r}; it speaks {spoken}", parameter=parameter)
