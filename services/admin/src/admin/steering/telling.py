"""How is it told what somebody did? As a fact of their own, or as `admin.acted` where no other names them."""

from typing import Any, TypeVar

from shared import ids
from shared.clock import Clock
from shared.events import AdminActed, Event

E = TypeVar("E", bound=Event)


class Telling:
    """Makes facts about what people do, as of now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def fact(self, kind: type[E], instance: str, chat: str = "", **about: Any) -> E:
        """A fact that begins a story of its own."""
        now = self._clock.now_ms()
        return kind(id=ids.new(self._clock), instance=instance, chat=chat, occurred_at=now, recorded_at=now, **about)

    def acted(
        self, who: str, action: str, instance: str, chat: str = "", *, reason: str = "", touched: int = 1, **detail: str
    ) -> AdminActed:
        """`who` did `action`."""
        told = {name: value for name, value in detail.items() if value}
        return self.fact(
            AdminActed, instance, chat, actor=who, action=action, reason=reason, touched=touched, detail=told
        )
