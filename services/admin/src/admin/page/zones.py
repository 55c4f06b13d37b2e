"""In which timezone does a clinic live? That of the file which answers for an instance."""

from admin.http.problems import Problem
from admin.library import Library

NOWHERE = "UTC"


class Zones:
    """Knows the timezones."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def of(self, instance: str) -> str:
        """The zone's name; UTC while the clinics' files cannot be read."""
        try:
            return (await self._library.of_instance(instance)).timezone
        except Problem:
            return NOWHERE
