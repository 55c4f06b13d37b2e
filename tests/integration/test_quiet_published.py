"""Does Redis have each clinic's quiet hours as its file has them?"""

import os
import shutil
from pathlib import Path

import redis.asyncio as aioredis

from clinic import Clinics
from demo.stack import ROOT
from responder.library import Library
from responder.quiet import QuietHours
from shared.streams import keys
from tests.support.replica import Streams


def a_clinic(folder: Path, *, quiet: str, instances: str) -> Clinics:
    """The demonstration's clinic with other hours, for these instances."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(ROOT / "clinics" / "demo", folder / "demo", dirs_exist_ok=True)
    text = (ROOT / "clinics" / "demo.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("instances:")]
    at = next(at for at, line in enumerate(lines) if line.strip().startswith("quiet_hours:"))
    lines[at : at + 1] = [f"  quiet_hours: {quiet}"] if quiet else []
    (folder / "demo.yaml").write_text("\n".join([*lines, f"instances: [{instances}]"]) + "\n", encoding="utf-8")
    return Clinics.load(folder)


async def hours(client: aioredis.Redis, name: str) -> tuple[str, ...] | None:
    found = await client.hgetall(name)
    return tuple(found[part].decode() for part in (b"zone", b"from", b"until")) if found else None


async def test_they_are_there_for_every_instance_and_for_those_that_no_clinic_names(
    streams: Streams, client: aioredis.Redis, tmp_path: Path
) -> None:
    library = Library(a_clinic(tmp_path / "c", quiet="21:00-08:00", instances="wa1, wa2"))
    await QuietHours(streams.scripts, library).publish()
    for name in (keys.quiet("wa1"), keys.quiet("wa2"), keys.QUIET):
        assert await hours(client, name) == ("America/Sao_Paulo", "21:00", "08:00")


async def test_they_follow_the_files(streams: Streams, client: aioredis.Redis, tmp_path: Path) -> None:
    clinics = a_clinic(tmp_path / "c", quiet="21:00-08:00", instances="wa1, wa2")
    library = Library(clinics)
    published = QuietHours(streams.scripts, library)
    await published.publish()
    a_clinic(tmp_path / "c", quiet="", instances="wa1")
    os.utime(tmp_path / "c" / "demo.yaml")
    await library.look()
    await published.publish()
    assert await hours(client, keys.quiet("wa1")) == ("America/Sao_Paulo", "", "")  # none, not the default's
    assert await hours(client, keys.quiet("wa2")) is None


async def test_what_redis_forgot_is_written_again(streams: Streams, client: aioredis.Redis, tmp_path: Path) -> None:
    published = QuietHours(streams.scripts, Library(a_clinic(tmp_path / "c", quiet="21:00-08:00", instances="")))
    await published.publish()
    await client.flushdb()
    await published.publish()
    assert await hours(client, keys.QUIET) is None
    await published.publish(everything=True)
    assert await hours(client, keys.QUIET) is not None
