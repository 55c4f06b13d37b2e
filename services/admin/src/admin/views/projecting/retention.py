"""What is too old to be kept? Nothing, unless the settings say how many days: then the past goes."""

from admin.views.projecting.book import Book
from shared.clock import Clock
from shared.streams.scripts import Scripts


class Retention:
    """Ages an instance's log and views."""

    def __init__(self, scripts: Scripts, clock: Clock, days: int) -> None:
        self._scripts = scripts
        self._clock = clock
        self._days = days

    async def apply(self, instance: str, book: Book) -> bool:
        """Remove what is too old, once a day. True: there was something."""
        return False
