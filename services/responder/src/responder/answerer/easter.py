"""When is Easter, whose days move every year?"""

import re
from collections.abc import Iterator
from datetime import date, timedelta


def holy_week(line: str, today: date) -> Iterator[date]:
    """From Thursday to Easter Sunday, this year or next."""
    if re.search(r"\b(semana santa|pascoa|pascua|pascuas|easter|holy week)\b", line):
        sunday = next(day for year in (today.year, today.year + 1) if (day := _easter(year)) >= today)
        yield from (sunday - timedelta(days=ahead) for ahead in (3, 2, 1, 0))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by Gauss's rule as Anonymous of Nature (1876) put it."""
    century, of_century = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
