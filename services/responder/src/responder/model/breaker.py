"""Is it worth asking this model at all, just now?"""

import time

FAILURES = 5  # in a row, of any turn
REST_S = 10.0  # then the next turn tries again, and one failure is enough for another rest
_COUNTED = frozenset({"unavailable", "disconnected", "first_token", "malformed"})


class Breaker:
    """Remembers, per replica, which models do not answer, so that patients do not wait for each one's deadline."""

    def __init__(self) -> None:
        self._failed: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def open_to(self, models: tuple[str, ...]) -> list[str]:
        """The models that are worth asking now, in their order."""
        now = time.monotonic()
        return [model for model in models if self._until.get(model, 0.0) <= now]

    def worked(self, model: str) -> None:
        self._failed.pop(model, None)
        self._until.pop(model, None)

    def failed(self, model: str, kind: str) -> None:
        """A limit that the endpoint names, a refusal, a turn that came late, do not count: the model is alive."""
        if kind not in _COUNTED:
            return
        self._failed[model] = self._failed.get(model, 0) + 1
        if self._failed[model] >= FAILURES:
            self._until[model] = time.monotonic() + REST_S
