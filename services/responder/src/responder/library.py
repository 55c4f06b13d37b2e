"""Which clinic, with which knowledge, answers for an instance right now?"""

import asyncio

from clinic import Clinic, Clinics
from clinic.knowledge import Knowledge
from responder.answerer import prepare
from shared.telemetry import logs

REFRESH_S = 2.0

_log = logs.get(__name__)


class Library:
    """The clinics with their indexed knowledge, kept up to date with their files."""

    def __init__(self, clinics: Clinics) -> None:
        self._clinics = clinics
        self._knowledge = {clinic.id: _ready(clinic, Knowledge.build(clinic)) for clinic in clinics}

    def for_instance(self, instance: str) -> tuple[Clinic, Knowledge]:
        """The clinic that answers for `instance`, and what it knows."""
        clinic = self._clinics.for_instance(instance)
        return clinic, self._knowledge[clinic.id]

    def clinics(self) -> tuple[Clinic, ...]:
        """All of them."""
        return tuple(self._clinics)

    async def keep_fresh(self) -> None:
        """Look at the files again and again; a clinic whose new file is broken stays as it was."""
        while True:
            await asyncio.sleep(REFRESH_S)
            refreshed = await asyncio.to_thread(self._clinics.refresh)
            for error in refreshed.errors:
                _log.error("clinic_file_is_broken", error=str(error), kept="the version before")
            if refreshed.changed:
                self._knowledge = {clinic.id: self._known(clinic, refreshed.changed) for clinic in self._clinics}
                _log.info("clinics_reloaded", clinics=list(refreshed.changed))

    def _known(self, clinic: Clinic, changed: tuple[str, ...]) -> Knowledge:
        known = self._knowledge.get(clinic.id)
        if known is not None and clinic.id not in changed:
            return known
        return _ready(clinic, Knowledge.build(clinic, known))


def _ready(clinic: Clinic, knowledge: Knowledge) -> Knowledge:
    """Compile a clinic's words now, so that its first patient does not wait for it."""
    prepare(clinic, knowledge)
    return knowledge
