"""What does every page know? Who looks at it, in which language and timezone, where they are and where they may go."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup, escape

from admin.access.principal import Principal
from admin.http.problems import Problem
from admin.http.whence import PATH_SAFE, page_path
from admin.page import failings, findings, reasons, refusals, variables
from admin.page.asking import Asking
from admin.page.choice import Theme
from admin.page.formats import Formats
from admin.page.places import PLACES, Place
from admin.page.words import Words


@dataclass(frozen=True, slots=True)
class Shell:
    """What a template calls `shell`."""

    request: web.Request
    who: Principal | None
    asking: Asking
    t: Words
    theme: Theme
    zone: ZoneInfo
    f: Formats
    csrf: str
    instances: Sequence[str] = ()
    instance: str = ""
    """The one that is looked at; empty: all of them."""
    asset: Callable[[str], str] = field(default=lambda name: name)

    def may(self, route: str) -> bool:
        """Whether whoever looks may use this route of the API."""
        return self.who is not None and self.asking.may(self.who, route)

    @property
    def places(self) -> list[Place]:
        return [place for place in PLACES if self.may(place.route)]

    @property
    def path(self) -> str:
        """Of the page that is shown, also when it answers to a form whose own address nobody can look at."""
        return page_path(self.request)

    @property
    def answers(self) -> bool:
        """Whether this is what a form was answered."""
        return self.request.method == "POST"

    def at(self, place: Place) -> bool:
        """Whether this page is that one, or below it."""
        return self.path == place.path or (place.path != "/" and self.path.startswith(f"{place.path}/"))

    def link(self, path: str, **query: Any) -> str:
        """The address of another page, for the instance that is looked at."""
        given = {"instance": self.instance, **query}
        kept = {name: value for name, value in given.items() if value not in ("", None, False)}
        return f"{path}?{urlencode(kept)}" if kept else path

    def here(self, **changes: Any) -> str:
        """The address of this page with some of its parameters changed; None takes one out."""
        query = {name: value for name, value in self.request.query.items() if name != "done"} | changes
        kept = {name: value for name, value in query.items() if value not in ("", None, False)}
        path = quote(self.path, safe=PATH_SAFE)
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def once(self) -> str:
        """A key of its own for a form that must not have its effect twice, however often it is sent."""
        return secrets.token_urlsafe(16)

    def field(self, parameter: str) -> str:
        """What the page calls a parameter of the API."""
        if found := re.fullmatch(r"(?:.*\.)?variables\.(.+)", parameter):
            return self.variable(found[1])
        last = parameter.rpartition(".")[2]
        return self.t.known(f"field.{last}", last)

    def headline(self, problem: Problem) -> str:
        """What a refusal comes to, by its status."""
        if problem.more.get("parameter") == "csrf":
            return self.t("problem.csrf")
        queue = "_queue" if problem.status == 412 and "touched" in problem.more else ""
        return self.t.known(f"problem.{problem.status}{queue}", self.t("problem.other"))

    def reason(self, why: str) -> str:
        """Why something is degraded, in the reader's language."""
        return reasons.said(self.t, why)

    def said(self, sentence: str) -> Markup:
        """A sentence of the API's in the reader's language; marked as English when that is all there is."""
        return _in_words(refusals.said(self.t, sentence), sentence)

    def why(self, reason: str) -> Markup:
        """Why a message was not sent, or not answered."""
        return _in_words(failings.said(self.t, reason), reason)

    def check(self, name: str) -> str:
        """What the doctor looked at."""
        return self.t.known(f"check.name_{name.replace(' ', '_')}", name)

    def found(self, sentence: str) -> Markup:
        """What the doctor found, or says to do."""
        return _in_words(findings.said(self.t, sentence), sentence)

    def variable(self, name: str) -> str:
        """What the reader calls a template's variable."""
        return variables.label(self.t, name)

    def template(self, text: str) -> str:
        """A template's words, its variables called so."""
        return variables.labelled(self.t, text)

    def detail(self, name: str, value: str) -> str:
        """One detail of what somebody did: `Queues: Messages to be sent`."""
        if name == "streams":
            value = ", ".join(self.t.known(f"queues.{one}", one) for one in value.split(","))
        if name == "role":
            value = self.t.known(f"role.{value}", value)
        if name == "pace":
            value = self._pace(value)
        called = self.t.known(f"fact.{name}", self.t.known(f"detail.{name}", name))
        return f"{called}: {self.t.known(f'detail.was_{value}', value)}"

    def _pace(self, value: str) -> str:
        """`tokens_per_second=1, bucket_capacity=5` with what the settings are called."""
        pairs = [one.partition("=") for one in value.split(", ")]
        said = [f"{self.field(name)} {self._amount(number)}" for name, sign, number in pairs if sign]
        return ", ".join(said) or self.t("detail.as_settings")

    def _amount(self, number: str) -> str:
        try:
            return self.f.number(float(number))
        except ValueError:
            return number

    @property
    def done(self) -> str:
        """What was just done, if the address says so in a word that there is."""
        key = f"done.{self.request.query.get('done', '')}"
        return self.t(key) if key in self.t else ""

    @property
    def query(self) -> Any:
        return self.request.query


def _in_words(said: str | None, sentence: str) -> Markup:
    return escape(said) if said else Markup('<span lang="en">{}</span>').format(sentence)
