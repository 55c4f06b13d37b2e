"""Is there really nothing left? Every key is looked through, its name and all that it holds."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from admin.privacy.names import Person
from admin.privacy.values import every_key
from shared.streams import keys
from shared.streams.scripts import Scripts

MOST_PLACES = 20


@dataclass(slots=True)
class Scanned:
    """What a scan came to."""

    keys: int = 0
    values: int = 0
    found: int = 0
    places: Counter[str] = field(default_factory=Counter)
    """Kinds of keys with traces; they name nobody."""

    @property
    def told(self) -> list[str]:
        return [f"{place} ×{count}" for place, count in self.places.most_common(MOST_PLACES)]


async def scan(scripts: Scripts, instance: str, person: Person, texts: Sequence[str]) -> Scanned:
    """Look for a person's names, and texts of theirs, in all keys but the order to erase them."""
    scanned, wanted = Scanned(), [text.encode() for text in texts]
    order = keys.erasing(instance).encode()
    async for key in every_key(scripts, instance):
        if key.name == order:
            continue
        scanned.keys += 1
        traces = int(person.named_in(key.name))
        async for _, parts in key.values(scripts):
            scanned.values += 1
            traces += any(person.named_in(part) or any(text in part for text in wanted) for part in parts)
        if traces:
            scanned.found += traces
            scanned.places[_kind(key.name, instance)] += traces
    return scanned


def _kind(key: bytes, instance: str) -> str:
    """A key's kind: its name without the instance, ids and numbers."""
    name = key.decode(errors="replace").replace(f"{{{instance}}}:", "")
    return re.sub(r"\d{3,}[^:]*", "…", name)
