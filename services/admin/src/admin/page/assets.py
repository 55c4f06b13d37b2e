"""Where do the stylesheet and the scripts come from? From memory, packed, under an address that names their content."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from aiohttp import web

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "txt": "text/plain"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is sent."""

    name: str
    data: bytes
    packed: bytes
    version: str

    @property
    def url(self) -> str:
        return f"/static/{self.name}?v={self.version}"


def _read() -> Iterable[Asset]:
    for file in resources.files(__package__).joinpath("static").iterdir():
        if file.name.rpartition(".")[2] in TYPES:
            data = file.read_bytes()
            version = hashlib.blake2b(data, digest_size=6).hexdigest()
            yield Asset(file.name, data, gzip.compress(data, mtime=0), version)


class Assets:
    """The files of `static/`. Nothing else can be asked for: names are looked up, never joined to a path."""

    def __init__(self) -> None:
        self._files = {asset.name: asset for asset in _read()}

    @property
    def all(self) -> list[Asset]:
        return [*self._files.values()]

    def url(self, name: str) -> str:
        return self._files[name].url

    async def send(self, request: web.Request) -> web.Response:
        """One file, to anybody: nothing in it is secret."""
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        body = asset.data
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = asset.packed, "gzip"
        return web.Response(
            body=body, headers=headers, content_type=TYPES[asset.name.rpartition(".")[2]], charset="utf-8"
        )
