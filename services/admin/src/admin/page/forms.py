"""What did a person fill in? A form's fields, as text that cannot be wrong in itself; the API checks what they say."""

from collections.abc import Iterator

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from admin.http.reading import File, form_of


class Form:
    """The fields of one form."""

    def __init__(self, fields: MultiDict[str] | MultiDictProxy[str], files: dict[str, File]) -> None:
        self._fields = fields
        self._files = files

    @classmethod
    async def of(cls, request: web.Request) -> "Form":
        """What `request` brought; at most as much as a body may have."""
        fields: MultiDict[str] = MultiDict()
        files: dict[str, File] = {}
        for name, value in (await form_of(request)).items():
            if isinstance(value, str):
                fields.add(name, value)
            elif isinstance(value, web.FileField) and value.filename:
                with value.file:
                    files[name] = File(value.filename, value.file.read())
        return cls(fields, files)

    def text(self, name: str, default: str = "") -> str:
        """One field, without the carriage returns that browsers put in."""
        return self._fields.get(name, default).replace("\r\n", "\n").strip()

    def maybe(self, name: str) -> str | None:
        return self.text(name) or None

    @property
    def once(self) -> dict[str, str]:
        """The header that makes the API do this once, however often the form is sent."""
        return {"Idempotency-Key": self.text("once")} if self.text("once") else {}

    def all(self, name: str) -> list[str]:
        return self._fields.getall(name, [])

    def checked(self, name: str) -> bool:
        return name in self._fields

    def number(self, name: str) -> float | str | None:
        """The number, or what was written in its stead: the API says what is wrong with it."""
        given = self.text(name).replace(",", ".")
        try:
            value = float(given)
        except ValueError:
            return given or None
        return int(value) if value.is_integer() else value

    def named(self, prefix: str) -> dict[str, str]:
        """The fields `prefix…` by the rest of their names."""
        return {name.removeprefix(prefix): self.text(name) for name in self._fields if name.startswith(prefix)}

    def file(self, name: str) -> File | None:
        """The file that was chosen, if one was."""
        return self._files.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)


NOTHING_GIVEN = Form(MultiDict(), {})
"""A form that nobody has filled in."""
