"""Which clinic, with which knowledge, answers for an instance right now?

A clinic is its files and the texts that staff uploaded. Both are looked at every two seconds; what changed is put
together and indexed aside, then takes the old one's place at once. The patients of a clinic whose file was broken from
the start wait until it is mended.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redis.exceptions import RedisError

from clinic import Clinic, ClinicError, Clinics, check_text, with_texts
from clinic.knowledge import Knowledge
from clinic.unsound import Unsound, why_waiting
from responder.answerer import prepare
from responder.uploads import Texts, Uploads
from shared.telemetry import logs, metrics

REFRESH_S = 2.0

_log = logs.get(__name__)


@dataclass(frozen=True)
class Shelf:
    """One clinic as it answers: what it was made from, and what came of it."""

    files: Clinic
    texts: Texts
    clinic: Clinic
    knowledge: Knowledge


class Library:
    """The clinics with their indexed knowledge, kept up to date with their files and uploads."""

    def __init__(self, clinics: Clinics, uploads: Uploads | None = None) -> None:
        self._clinics = clinics
        self._uploads = uploads
        self._texts: Mapping[str, Texts] = {}
        self._shelves: dict[str, Shelf] = {}
        self._unsound: Mapping[str, Unsound] = {}
        self._tell(clinics.errors)
        self._take(*self._made())

    def for_instance(self, instance: str) -> tuple[Clinic, Knowledge]:
        """The clinic that answers for `instance`, and what it knows. Raises ClinicError when its patients wait."""
        if why := self.why_waiting(instance):
            raise why
        shelf = self._answering.get(instance) or self._default
        assert shelf is not None, "while the default clinic's file is not sound, who needs it waits"
        return shelf.clinic, shelf.knowledge

    def why_waiting(self, instance: str) -> ClinicError | None:
        """What has to be mended before anybody can answer for `instance`; None: somebody can."""
        return None if instance in self._answering else why_waiting(self._unsound, instance)

    def default(self) -> Clinic | None:
        """The clinic that answers for instances which no file names; None: its file was never sound."""
        return self._default.clinic if self._default else None

    def clinics(self) -> tuple[Clinic, ...]:
        """All of them."""
        return tuple(shelf.clinic for shelf in self._shelves.values())

    def all(self) -> tuple[tuple[Clinic, Knowledge], ...]:
        """All of them, each with what it knows."""
        return tuple((shelf.clinic, shelf.knowledge) for shelf in self._shelves.values())

    async def keep_fresh(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(REFRESH_S)
            await self.look()

    async def look(self) -> None:
        """Take in what changed. A clinic whose new file is broken stays as it was; so do texts while Redis is away."""
        self._tell((await asyncio.to_thread(self._clinics.refresh)).errors)
        try:
            if self._uploads is not None:
                self._texts = await self._uploads.of(clinic.id for clinic in self._clinics)
        except (RedisError, OSError, TimeoutError) as error:
            metrics.REDIS_ERRORS.labels("responder").inc()
            _log.warning("redis_error", error=str(error) or type(error).__name__, doing="reading uploaded texts")
        shelves, unsound = await asyncio.to_thread(self._made)
        changed = [name for name in {**self._shelves, **shelves} if self._shelves.get(name) != shelves.get(name)]
        self._take(shelves, unsound)
        if changed:
            _log.info("clinics_reloaded", clinics=changed)

    def _tell(self, errors: Iterable[ClinicError]) -> None:
        broken = {one.error for one in self._clinics.unsound.values()}
        for error in errors:
            kept = "nothing: its patients wait until it is mended" if error in broken else "the version before"
            _log.error("clinic_file_is_broken", error=str(error), kept=kept)

    def _take(self, shelves: dict[str, Shelf], unsound: Mapping[str, Unsound]) -> None:
        self._shelves, self._unsound = shelves, unsound
        self._answering = {name: shelf for shelf in shelves.values() for name in shelf.clinic.instances}
        self._default = shelves.get(self._clinics.default)

    def _made(self) -> tuple[dict[str, Shelf], Mapping[str, Unsound]]:
        shelves = {files.id: self._shelf(files, self._texts.get(files.id, {})) for files in tuple(self._clinics)}
        return shelves, self._clinics.unsound

    def _shelf(self, files: Clinic, texts: Texts) -> Shelf:
        old = self._shelves.get(files.id)
        if old is not None and old.files is files and old.texts == texts:
            return old
        clinic = with_texts(files, _sound(files, texts))
        knowledge = Knowledge.build(clinic, old.knowledge if old else None)
        prepare(clinic, knowledge)  # compile its words now, so that its first patient does not wait for it
        return Shelf(files, dict(texts), clinic, knowledge)


def _sound(files: Clinic, texts: Texts) -> Texts:
    """The texts that are fit; a broken one is told and left out, and the rest answers without it."""
    sound: dict[str, bytes] = {}
    for name, data in texts.items():
        try:
            check_text(files, name, data)
            sound[name] = data
        except ClinicError as error:
            _log.error("uploaded_text_is_broken", clinic=files.id, error=str(error), kept="all but this text")
    return sound
