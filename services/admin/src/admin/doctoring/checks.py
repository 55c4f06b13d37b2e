"""What may be wrong with Redis, the clocks and the settings? Judged from what was read, without asking anybody."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from admin.settings import AdminSettings

OLDEST_REDIS = (7, 0)
SKEW_MS = 1_000  # leases last seconds; beyond that, times of facts mislead
SHORT_TOKEN = 16
DEMO_TOKENS = frozenset({"demo-admin-token", "demo-webhook-token", "demo-key", "change-me"})


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    status: Literal["ok", "warning", "failed", "skipped"]
    found: str
    mend: str = ""
    """What to do; empty when all is well."""


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name=name, status="ok", found=found)


def failed(name: str, found: str, mend: str) -> Check:
    """It does not work."""
    return Check(name=name, status="failed", found=found, mend=mend)


def warning(name: str, found: str, mend: str) -> Check:
    """It works, and will not always."""
    return Check(name=name, status="warning", found=found, mend=mend)


def version(info: Mapping[str, Any]) -> Check:
    """Is Redis new enough?"""
    name, told = "redis version", str(info.get("redis_version", ""))
    server = f"{info.get('server_name') or 'redis'} {info.get('valkey_version') or told or 'unknown'}"
    if tuple(int(part) for part in re.findall(r"\d+", told)[:2]) >= OLDEST_REDIS:
        return ok(name, server)
    return failed(name, server, "Redis 7.0 is the oldest that this was tried with: upgrade it")


def persistence(info: Mapping[str, Any], config: Mapping[str, str]) -> Check:
    """Would Redis know everything after a crash?"""
    name, how = "persistence", config.get("appendfsync", "")
    if not info.get("aof_enabled"):
        found = "appendonly is off: a crash loses what came since the last snapshot"
        return failed(name, found, "set `appendonly yes` (`redis-cli CONFIG SET appendonly yes`, and in redis.conf)")
    if str(info.get("aof_last_write_status", "ok")) != "ok":
        found = "the last write of the append-only file failed"
        return failed(name, found, "look at Redis's log, and at the space on its disk")
    if how == "no":
        found = "appendfsync is no: the operating system decides when it writes"
        return warning(name, found, "set `appendfsync everysec`, or `always`")
    return ok(name, f"append-only file, fsync {how or 'unknown'}")


def memory(info: Mapping[str, Any]) -> Check:
    """Does Redis forget anything when it is full?"""
    name, policy = "memory", str(info.get("maxmemory_policy", ""))
    limit, used = int(info.get("maxmemory", 0)), int(info.get("used_memory", 0))
    if policy not in ("noeviction", ""):
        found = f"maxmemory-policy is {policy}: a full Redis drops messages"
        return failed(name, found, "set `maxmemory-policy noeviction`")
    if limit and used > 0.8 * limit:
        found = f"{used * 100 // limit} % of maxmemory are used"
        return warning(name, found, "give Redis more memory, or lower WA_LOG_MAXLEN")
    bound = f"of {limit / 1024**2:.0f}" if limit else "no limit"
    return ok(name, f"{used / 1024**2:.0f} MiB used, {bound}")


def clock(before_ms: int, redis_ms: int, after_ms: int) -> Check:
    """Do our clock and Redis's agree? Ours was read before and after Redis's."""
    skew = max(0, before_ms - redis_ms, redis_ms - after_ms)
    found = f"{skew} ms apart from Redis's"
    if skew <= SKEW_MS:
        return ok("clock", found)
    return failed("clock", found, "have both machines keep time by NTP (chrony, systemd-timesyncd)")


def tokens(settings: AdminSettings) -> Check:
    """Are the tokens those of the demonstration, or easily guessed?"""
    given = {"ADMIN_TOKEN": settings.admin_token, "WEBHOOK_TOKEN": settings.webhook_token}
    weak = [name for name, value in given.items() if value and (value in DEMO_TOKENS or len(value) < SHORT_TOKEN)]
    if not weak:
        return ok("tokens", "of a decent length, and none of the demonstration's")
    found = f"{' and '.join(weak)} can be guessed: too short, or the demonstration's"
    return warning("tokens", found, "make new ones: `openssl rand -hex 32`")


def services(alive: Mapping[str, Sequence[str]]) -> Check:
    """Is every service there that works the streams?"""
    missing = [service for service, names in alive.items() if not names]
    if not missing:
        return ok("services", ", ".join(f"{len(names)} {service}" for service, names in alive.items()))
    found = f"no {' and no '.join(missing)} is alive"
    return failed("services", found, "start it, and look at its log: `docker compose logs`")


def clinics(names: Sequence[str], mistakes: Sequence[str]) -> Check:
    """Can all of the clinics' files be used? `names` are those of the clinics that can be answered for."""
    if not mistakes:
        return ok("clinics", ", ".join(names))
    if not names:
        mend = "mend the file, or set CLINICS_DIR and CLINIC_DEFAULT: without one sound file no responder starts"
        return failed("clinics", f"broken: {'; '.join(mistakes)}", mend)
    mend = "mend it: a responder that runs goes on with the version before, one that starts lets its patients wait"
    return failed("clinics", f"broken: {'; '.join(mistakes)}", mend)


def redis_away(why: str) -> Check:
    """Redis does not answer: nothing is received, answered or sent."""
    mend = "start it, and check REDIS_URL: `docker compose up -d redis`, `docker compose logs redis`"
    return failed("redis", f"it does not answer: {why}; nothing is taken, answered or sent meanwhile", mend)


def services_unknown() -> Check:
    """Heartbeats are in Redis."""
    found = "nobody can say who is alive while Redis does not answer"
    return Check(name="services", status="skipped", found=found)
