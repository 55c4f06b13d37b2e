"""How often was this tried, and how did it end? Our own count: a group reset clears Redis's."""

import msgspec

_OPEN = ""


class Try(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, array_like=True):
    """One try. `outcome` is empty while it runs, or for ever if its process died."""

    number: int
    at: int
    """Milliseconds since 1970-01-01 UTC."""
    by: str
    """The replica."""
    outcome: str = _OPEN
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.outcome == _OPEN


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The tries of one entry so far, and until when it is held."""

    tries: tuple[Try, ...] = ()
    retry_at: int = 0
    uncounted: int = 0
    """Waits that do not use up a delivery: a closed connection, a throttled gateway."""
    since: int = 0
    """When the outcome of the last try began to be looked for; 0: it is not being looked for."""
    unproven: int = 0
    """When the first try of unknown outcome was made, of those before the tries were counted anew; 0: there was none.
    """

    @property
    def count(self) -> int:
        """How many tries there were."""
        return len(self.tries)

    @property
    def last(self) -> Try | None:
        return self.tries[-1] if self.tries else None

    @property
    def may_be_sent(self) -> bool:
        """A try is under way, or one ended without telling whether it was sent."""
        return any(one.is_open or one.outcome == "unknown" for one in self.tries)

    @property
    def doubtful_since(self) -> int:
        """When the first try was made that may have been sent though nobody knows; 0: there is none."""
        tries = (one.at for one in self.tries if one.is_open or one.outcome == "unknown")
        return self.unproven or next(tries, 0)

    @property
    def next_number(self) -> int:
        """The number of the next try; waits that do not count have numbers of their own."""
        return self.count + self.uncounted + 1

    def begun(self, *, at: int, by: str) -> "Progress":
        """One more try, just begun."""
        begun = Try(number=self.next_number, at=at, by=by)
        return msgspec.structs.replace(self, tries=(*self.tries, begun), retry_at=0, since=0)

    def ended(self, outcome: str, reason: str) -> "Progress":
        """The last try has ended this way."""
        last = msgspec.structs.replace(self.tries[-1], outcome=outcome, reason=reason[:500])
        return msgspec.structs.replace(self, tries=(*self.tries[:-1], last))

    def held(self, until: int) -> "Progress":
        """Not before `until`."""
        return msgspec.structs.replace(self, retry_at=until)

    def uncount(self) -> "Progress":
        """The last try, if one is open, ended for a reason that is not the entry's own: it uses up no delivery."""
        tries = self.tries[:-1] if self.last and self.last.is_open else self.tries
        return msgspec.structs.replace(self, tries=tries, uncounted=self.uncounted + 1)

    def sought(self, since: int) -> "Progress":
        """The outcome of the last, open try is being looked for since then."""
        return msgspec.structs.replace(self, since=since)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Progress)


def dump(progress: Progress) -> bytes:
    return _encoder.encode(progress)


def parse(data: bytes | None) -> Progress:
    """The progress in `data`; none, or one that cannot be read, counts as no try."""
    if not data:
        return Progress()
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return Progress()
