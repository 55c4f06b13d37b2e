"""How fast may an instance send? Its own pace, which goes before the settings and takes effect at once."""

from typing import Annotated, Any

import msgspec
import redis.asyncio as aioredis

from admin.steering.act import Act
from shared.streams import keys

Rate = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instance's own pace; null: as the sender's settings say."""

    tokens_per_second: Rate | None = None
    """Messages a second; 0: no limit."""
    bucket_capacity: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | None = None
    """How many may go at once after a quiet time."""
    recipient_tokens_per_second: Rate | None = None
    """To one recipient; 0: no limit of its own."""
    new_contacts_per_day: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    """People who never wrote and may be written to in a day (UTC); 0: no limit."""


FIELDS = Limits.__struct_fields__


async def read(client: aioredis.Redis, instance: str) -> tuple[Limits, dict[str, bytes]]:
    """The limits, and each field as it stands in Redis; one that is no number counts as not set."""
    found: Any = await client.hmget(keys.limits(instance), FIELDS)
    stored = {name: bytes(value or b"") for name, value in zip(FIELDS, found, strict=True)}
    return Limits(**{name: _number(name, value) for name, value in stored.items()}), stored


def change(instance: str, stored: dict[str, bytes], new: Limits) -> Act:
    """Set all of them, if they are still as they were read."""
    act, name = Act(instance), keys.limits(instance)
    for field, value in stored.items():
        act.when(name, field, value)
    for field, wanted in msgspec.structs.asdict(new).items():
        act.drop(name, field) if wanted is None else act.put(name, {field: f"{wanted:g}"})
    return act


def _number(name: str, value: bytes) -> Any:
    try:
        return int(value) if name in ("bucket_capacity", "new_contacts_per_day") else float(value)
    except ValueError:
        return None
