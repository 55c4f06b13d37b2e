"""How do the views of an instance stand? What the head says."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.streams import keys
from shared.streams.scripts import Scripts


@dataclass(frozen=True, slots=True)
class Head:
    """Which version serves, which is being built, what was ordered. Version 0: there is none."""

    fields: Mapping[str, str]

    @property
    def version(self) -> int:
        return self._number("version")

    @property
    def building(self) -> int:
        return self._number("building")

    @property
    def old(self) -> int:
        """A version that served before and is still there, for readers that began with it."""
        return self._number("old")

    @property
    def schema(self) -> int:
        return self._number("schema")

    @property
    def wanted(self) -> str:
        """The last order to rebuild, done or not."""
        return self.fields.get("wanted", "")

    @property
    def waits(self) -> bool:
        """Whether an order waits for its beginning."""
        return self.wanted not in ("", self.fields.get("done", ""), self.fields.get("order", ""))

    @property
    def is_done(self) -> bool:
        return self.wanted == self.fields.get("done", "")

    def position(self, version: int) -> str:
        return self.fields.get(f"{version}:position", "0-0")

    def read(self, version: int) -> int:
        """Facts that were folded into it."""
        return self._number(f"{version}:read")

    def skew(self, version: int) -> int:
        """Facts of the log that it will never read: they were trimmed before."""
        return self._number(f"{version}:skew")

    def number(self, name: str) -> int:
        return self._number(name)

    def _number(self, name: str) -> int:
        return int(self.fields.get(name) or 0)


async def read_head(scripts: Scripts, instance: str) -> Head:
    """The head as it is now."""
    reply = await scripts.call("HGETALL", keys.view_head(instance))
    pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=True)
    return Head({_text(name): value for name, value in ((n, _text(v)) for n, v in pairs)})


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
