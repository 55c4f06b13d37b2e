"""How is a service set? By its environment alone, read once; a wrong value stops it with one line that names it."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar, get_type_hints

import msgspec

from shared.errors import SettingsError

Positive = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[int, msgspec.Meta(ge=0)]
Rate = Annotated[float, msgspec.Meta(ge=0)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Secret = Annotated[str, msgspec.Meta(min_length=1, extra={"secret": True})]
_REDIS = r"^(rediss?://([^/\s]*@)?(\[[^\]]+\]|[^\s/:@?#]+)(:\d{1,5})?([/?#].*)?|unix://.+)$"
RedisUrl = Annotated[str, msgspec.Meta(pattern=_REDIS, extra={"secret": True})]
LogLevel = Annotated[str, msgspec.Meta(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")]
HttpUrl = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/]+")]

T = TypeVar("T", bound=msgspec.Struct)


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True, rename=lambda name: f"WA_{name.upper()}"):
    """The streams' settings, the same for every service."""

    stream_claim_idle_ms: Positive = 15_000
    """An entry that its consumer has left alone for this long is taken over."""
    stream_read_count: Positive = 10
    """Entries asked for in one read."""
    stream_block_ms: Positive = 5_000
    """How long one blocking read waits."""
    stream_maxlen: NotNegative = 10_000
    """Bound of a work stream; more is refused, nothing unread is trimmed. 0: none."""
    max_deliveries: Positive = 5
    """Tries before an entry becomes a dead letter."""
    idempotency_ttl_s: Positive = 86_400
    """How long a message id is remembered."""
    concurrency: Positive = 16
    """Entries worked on at the same time, per instance and replica."""
    lease_ms: Annotated[int, msgspec.Meta(ge=300)] = 6_000
    """How long a dead replica's lane stays its own. Renewed every third of it."""
    log_maxlen: NotNegative = 1_000_000
    """About how many facts the log of one instance keeps. 0: all."""
    drain_s: Positive = 45
    """How long a stopping service finishes what it began: send 30 + commit 5 + margin 10."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True, rename=str.upper):
    """What every service needs."""

    redis_url: RedisUrl
    """`redis://[user:password@]host:port/db`, `rediss://` for TLS."""
    host: str = "127.0.0.1"
    """The address to listen on; images set 0.0.0.0."""
    log_level: LogLevel = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    replica: str = ""
    """The replica's name in heartbeats, leases and consumer lists; empty: host name, process id and a random part."""
    otel_exporter_otlp_endpoint: HttpUrl = ""
    """Where spans go, over OTLP/HTTP; empty: nowhere, and trace contexts still travel."""


def load(kind: type[T], environ: Mapping[str, str]) -> T:
    """The settings of type `kind`, from variables named as its fields are renamed; `NAME_FILE` names a file instead.

    Raises SettingsError with one line that names the variable and, unless it is a secret, its value.
    """
    given = {name: value for name in _names(kind) if (value := _read(name, environ)) is not None}
    try:
        found = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_explain(kind, given, str(error))) from None
    for name, value in zip(_names(kind), msgspec.structs.astuple(found), strict=True):
        if isinstance(value, float) and not math.isfinite(value):
            raise SettingsError(f"{name}: expected a finite number, got {value}")
    return found


def _names(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return kind.__struct_encode_fields__


def _read(name: str, environ: Mapping[str, str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}_FILE: {path} cannot be read: {error}") from None
    value = environ.get(name)
    return value if value is None or value.strip() else None  # an empty variable is an unset one


def _explain(kind: type[msgspec.Struct], given: Mapping[str, str], said: str) -> str:
    if missing := re.search(r"missing required field `(\w+)`", said):
        return f"{missing[1]}: is required; set it, or {missing[1]}_FILE to a file that holds it"
    found = re.search(r"^(.*?) - at `\$\.(\w+)`$", said, re.S)
    if not found:
        return said
    problem, name = found[1], found[2]
    value = "" if _is_secret(kind, name) else f", got {given[name]!r}"
    return f"{name}: {problem[0].lower()}{problem[1:]}{value}"


def _is_secret(kind: type[msgspec.Struct], name: str) -> bool:
    hints = get_type_hints(kind, include_extras=True)
    field = next(f for f, e in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True) if e == name)
    return any((getattr(meta, "extra", None) or {}).get("secret") for meta in getattr(hints[field], "__metadata__", ()))
