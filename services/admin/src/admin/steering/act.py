"""What does a decision change? Fields and strings of one instance, under conditions, and the facts that tell of it."""

from collections.abc import Mapping

from shared.events import Event, encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import views_hint

Word = str | bytes | int


class Act:
    """One change, put together step by step, and done by `Steering.do` as a whole or not at all."""

    def __init__(self, instance: str) -> None:
        self.instance = instance
        self.keys = [keys.events(instance)]
        self.words: list[Word] = []

    def when(self, key: str, field: str, value: Word) -> "Act":
        """Only if the hash has `value` there; an empty one stands for nothing."""
        return self._with("when", self._at(key), field, value)

    def unless(self, key: str, field: str, value: Word) -> "Act":
        """Only if the hash has nothing there, or `value`."""
        return self._with("unless", self._at(key), field, value)

    def when_text(self, key: str, value: Word) -> "Act":
        """Only if the string is `value`; an empty one stands for nothing."""
        return self._with("if", self._at(key), value)

    def put(self, key: str, fields: Mapping[str, Word]) -> "Act":
        """Set fields of a hash."""
        pairs = [word for pair in fields.items() for word in pair]
        return self._with("put", self._at(key), len(pairs), *pairs) if pairs else self

    def drop(self, key: str, *fields: str) -> "Act":
        """Remove fields of a hash."""
        for field in fields:
            self._with("drop", self._at(key), field)
        return self

    def text(self, key: str, value: Word) -> "Act":
        """Set a string; an empty one is removed."""
        return self._with("text", self._at(key), value)

    def life(self, key: str, ms: int) -> "Act":
        """Let the key live so long at the least; 0: until it is removed."""
        return self._with("life", self._at(key), ms)

    def fact(self, event: Event) -> "Act":
        """Append to the log."""
        return self._with("fact", encode(event))

    def _at(self, key: str) -> int:
        if key not in self.keys:
            self.keys.append(key)
        return self.keys.index(key) + 1

    def _with(self, *words: Word) -> "Act":
        self.words += words
        return self


class Steering:
    """Does acts."""

    def __init__(self, platform: Platform) -> None:
        self._scripts = platform.scripts
        self._log_maxlen = platform.streams.log_maxlen

    async def do(self, act: Act) -> int:
        """0 when it was done, else the number, from 1, of the first condition that did not hold."""
        known = [("SADD", keys.INSTANCES, act.instance), views_hint(act.instance)]
        reply = bytes(await self._scripts.run("steer", act.keys, [self._log_maxlen, *act.words], then=known)).decode()
        return 0 if reply == "ok" else int(reply)
