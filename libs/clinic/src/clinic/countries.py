"""In which country is a clinic? By its timezone, as the timezone database has it, unless its file says."""

from functools import cache
from importlib.resources import files


@cache
def countries() -> frozenset[str]:
    """Every country's two letters (ISO 3166-1)."""
    return frozenset(code for code, *_ in _rows("iso3166.tab"))


def country_of(timezone: str) -> str:
    """The country of a timezone such as America/Sao_Paulo; empty for one that is of none, such as UTC."""
    return _by_timezone().get(timezone, "")


@cache
def _by_timezone() -> dict[str, str]:
    return {row[2]: row[0] for row in _rows("zone.tab")}


def _rows(name: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
