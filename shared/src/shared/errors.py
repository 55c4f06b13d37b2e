"""What should be done about a failure? The error's type says it; its sentence is for people."""


class FrontdeskError(Exception):
    """The root of every error that we raise on purpose."""


class SettingsError(FrontdeskError):
    """A setting is missing or wrong; the message names the variable. The service must not start."""


class Undecodable(FrontdeskError):  # noqa: N818 - the family below is named for what it asks for
    """Bytes that are no event of ours: they go to the dead letters with this reason."""


class HandlerSignal(FrontdeskError):  # noqa: N818
    """What a handler raises to tell the consumer how an entry ends, other than by its events."""


class Retry(HandlerSignal):
    """Not now: hold this entry, and its chat behind it, and try again.

    `after` is seconds from now; None lets the consumer's backoff decide.
    `counts` False makes the wait free: it does not use up one of the entry's deliveries.
    """

    def __init__(self, reason: str, *, after: float | None = None, counts: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.counts = counts


class Reject(HandlerSignal):
    """Never: this entry can not be handled, now or later. It becomes a dead letter with this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotOurs(HandlerSignal):
    """The lane or the entry belongs to another replica by now: drop what was worked out, write nothing."""


class QueueFull(FrontdeskError):  # noqa: N818
    """A stream is at its bound; the work was refused and nothing was written."""
