"""Which texts did staff upload? The admin service writes them to Redis; a counter tells when they changed."""

from collections.abc import Iterable, Mapping

from shared.streams import keys
from shared.streams.scripts import Scripts

Texts = Mapping[str, bytes]
"""File name -> content, of one clinic."""

LOOKS_UNTIL_ALL = 150  # five minutes: a change whose counting failed is seen all the same


class Uploads:
    """The uploaded texts of every clinic, read again when the counter says so."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._version: bytes | None = None
        self._looks = 0
        self._texts: dict[str, dict[str, bytes]] = {}

    async def of(self, clinics: Iterable[str]) -> Mapping[str, Texts]:
        """Clinic id -> its texts. Raises RedisError; then the next look reads them all."""
        version: bytes | None = await self._scripts.call("GET", keys.CLINICS_VERSION)  # before the texts: never stale
        names = list(clinics)
        if version == self._version and self._looks % LOOKS_UNTIL_ALL and self._texts.keys() >= set(names):
            self._looks += 1
            return self._texts
        self._looks = 0
        self._texts = {name: await self._read(name) for name in names}
        self._version, self._looks = version, 1
        return self._texts

    async def _read(self, clinic: str) -> dict[str, bytes]:
        found = pairs(await self._scripts.call("HGETALL", keys.clinic_texts(clinic)))
        return {name.decode("utf-8", "replace"): data for name, data in found.items()}


def pairs(reply: object) -> dict[bytes, bytes]:
    """HGETALL's reply: a flat list under RESP2, a mapping under RESP3 or by the client's own parsing."""
    if isinstance(reply, dict):
        return {k if isinstance(k, bytes) else str(k).encode(): v for k, v in reply.items()}
    flat = reply if isinstance(reply, list) else []
    return dict(zip(flat[::2], flat[1::2], strict=True))
