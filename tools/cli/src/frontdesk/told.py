"""What did the service tell? As it came, for programs, and as far as it is shown, for people."""

import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """One answer."""

    seen: T
    """What of it is shown; its struct in `frontdesk.answers` names no more."""
    data: bytes
    """All of it, as it came."""
    etag: str = ""

    @property
    def whole(self) -> Any:
        """All of it, as JSON."""
        return json.loads(self.data)
