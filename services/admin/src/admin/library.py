"""What do the clinics' files say, with what staff uploaded? Read again when somebody asks and they changed.

Files that are broken stop nobody but those who ask for them: the rest of the admin service goes on without.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis.asyncio as aioredis

from admin.http.problems import Problem
from clinic import Clinic, ClinicError, Clinics, check_text, with_texts
from clinic.knowledge import Knowledge
from shared.streams import keys

LOOK_EVERY_S = 2.0  # as the responder does


@dataclass(frozen=True)
class Shelf:
    """One clinic, and what it knows."""

    files: Clinic
    """Without the uploads."""
    texts: Mapping[str, bytes]
    clinic: Clinic
    knowledge: Knowledge


class Library:
    """The clinics, for previews and the knowledge playground."""

    def __init__(self, client: aioredis.Redis, directory: str, default: str) -> None:
        self._client = client
        self._clinics = Clinics(Path(directory), default)
        self._default = default
        self._shelves: dict[str, Shelf] = {}
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def clinics(self) -> list[Clinic]:
        """All of them, as their files say, by name. Raises Problem 503 when the files cannot be read."""
        await self._look()
        return sorted(self._clinics, key=lambda clinic: clinic.id)

    async def mistakes(self) -> list[str]:
        """What is wrong with the files now, each with its file and line; a running responder has the version before."""
        with contextlib.suppress(Problem):
            await self._look()
        return [str(error) for error in self._clinics.errors]

    async def answers(self, clinic: Clinic, names: Iterable[str]) -> list[str]:
        """Those of the instances that a clinic answers for."""
        await self._look()
        return [name for name in names if self._clinics.answering(name) is clinic]

    async def of(self, clinic: str, instance: str = "") -> Clinic:
        """The clinic of this name, else the one that answers for the instance. Raises Problem 400, 404 or 503."""
        if clinic:
            return await self._named(clinic)
        if not instance:
            raise Problem(400, "add `?clinic=` or `?instance=`: which clinic is meant?", parameter="clinic")
        return await self.of_instance(instance)

    async def of_instance(self, instance: str) -> Clinic:
        """The clinic that answers for an instance. Raises Problem 503, also while its own file was never sound."""
        await self._look()
        try:
            return self._clinics.for_instance(instance)
        except ClinicError as error:
            raise _unusable(str(error)) from None

    async def named(self) -> set[str]:
        """The instances that the files name; none while they cannot be read."""
        with contextlib.suppress(Problem):
            await self._look()
        return {name for clinic in self._clinics for name in clinic.instances}

    async def shelf(self, clinic: Clinic) -> Shelf:
        """The clinic with the uploads of this moment. An upload that is not fit is left out, as the responder does."""
        found: Any = await self._client.hgetall(keys.clinic_texts(clinic.id))
        texts = {name.decode(errors="replace"): bytes(data) for name, data in found.items()}
        old = self._shelves.get(clinic.id)
        if old is None or old.files is not clinic or old.texts != texts:
            old = await asyncio.to_thread(_shelved, clinic, texts, old)
            self._shelves[clinic.id] = old
        return old

    async def _named(self, name: str) -> Clinic:
        found = {clinic.id: clinic for clinic in await self.clinics()}
        if name not in found:
            known = ", ".join(found)
            raise Problem(404, f"there is no clinic {name!r}; there are: {known}", parameter="clinic")
        return found[name]

    async def _look(self) -> None:
        async with self._looking:
            if time.monotonic() - self._looked_at < LOOK_EVERY_S:
                return
            await asyncio.to_thread(self._clinics.refresh)
            if len(self._clinics) == 0:
                errors = self._clinics.errors
                raise _unusable(str(errors[0]) if errors else "CLINICS_DIR holds no clinic")
            self._looked_at = time.monotonic()


def _unusable(why: str) -> Problem:
    return Problem(503, f"the clinics' files cannot be used: {why}")


def _shelved(files: Clinic, texts: Mapping[str, bytes], old: Shelf | None) -> Shelf:
    clinic = with_texts(files, {name: data for name, data in texts.items() if _is_fit(files, name, data)})
    return Shelf(files, texts, clinic, Knowledge.build(clinic, old.knowledge if old else None))


def _is_fit(files: Clinic, name: str, data: bytes) -> bool:
    try:
        check_text(files, name, data)
    except ClinicError:
        return False
    return True
