"""What went wrong with a call, and may it be made again?"""

_LONGEST_DETAIL = 200


class CallFailed(Exception):  # noqa: N818 - a signal between our own modules
    """One call gave no answer. `kind` is one of `turn.REASONS`."""

    def __init__(self, kind: str, detail: str, *, again: bool = False, after: float | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail[:_LONGEST_DETAIL]
        self.again = again
        """May the same model be asked again?"""
        self.after = after
        """Seconds that the endpoint asks us to wait."""
        self.used = (0, 0)
        """Tokens of prompt and answer that were used up for nothing."""

    @property
    def reached(self) -> bool:
        """Did the endpoint most likely work, and bill, although nothing came of it?"""
        return self.kind in ("deadline", "first_token", "malformed", "disconnected")
