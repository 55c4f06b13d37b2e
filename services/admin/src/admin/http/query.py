"""What does a request's query say? A parameter that is unknown, doubled or malformed is refused by its name."""

from collections.abc import Sequence

from aiohttp import web

from admin.http.problems import Problem

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Query:
    """The parameters of one request, of which it may have `allowed`."""

    def __init__(self, request: web.Request, allowed: Sequence[str]) -> None:
        for name in request.query:
            if name not in allowed:
                known = ", ".join(allowed)
                raise Problem(400, f"unknown parameter {name!r}; known here: {known}", parameter=name)
            if len(request.query.getall(name)) > 1:
                raise Problem(400, f"{name!r} is given more than once", parameter=name)
        self._given = request.query

    def text(self, name: str, default: str = "") -> str:
        return self._given.get(name, default)

    def required(self, name: str, what: str) -> str:
        if not self.text(name):
            raise Problem(400, f"add `?{name}=`: {what}", parameter=name)
        return self.text(name)

    def flag(self, name: str) -> bool:
        given = self.text(name, "false").lower()
        if given not in _FLAGS:
            raise Problem(400, f"`{name}` is true or false", parameter=name)
        return _FLAGS[given]

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of `choices`, the first by default."""
        given = self.text(name, choices[0])
        if given not in choices:
            raise Problem(400, f"`{name}` is one of {', '.join(choices)}", parameter=name)
        return given
