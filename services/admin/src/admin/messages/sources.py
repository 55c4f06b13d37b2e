"""Where does a file come from, and may the gateway be sent there to fetch it?

The gateway fetches URLs from where it stands: without a check, whoever may send a message could read what is on its
network. Refused are other schemes than http and https, hosts that the gateway itself refuses, and addresses that are
not public, however they are written; names are looked up for that. It is a fence, not a wall: a name may lead elsewhere
by the time the gateway asks.
"""

import asyncio
import base64
import binascii
import ipaddress
import socket
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from admin.http.problems import Problem
from shared.events import Content, Media, VoiceNote
from shared.events.sends import UPLOAD

LOOKUP_S = 2.0
REFUSED_BY_GATEWAY = ("localhost", "localhost.localdomain", "ip6-localhost")
PRIVATE_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".svc", ".cluster.local")

NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str], Awaitable[list[str]]]


def check_source(source: str, *, allow_private: bool = False) -> None:
    """What can be told from the words alone. Raises Problem 400."""
    if source.startswith("data:"):
        raise _problem("is a data: URI; give only what follows its comma")
    if source.startswith(UPLOAD):
        _check_upload(source.removeprefix(UPLOAD))
    elif ":" in source:
        _check_host(_host(source), allow_private=allow_private)
    else:
        _check_base64(source)


@dataclass(frozen=True)
class Lookup:
    """Looks names up, and refuses those that lead to private addresses."""

    allow_private: bool = False
    resolve: Resolve | None = None

    async def check(self, content: Content) -> None:
        """Raises Problem 400. A name that is not known here may be known to the gateway."""
        source = content.source if isinstance(content, Media | VoiceNote) else ""
        if self.allow_private or "://" not in source:
            return
        host = _host(source)
        for address in await (self.resolve or resolved)(host):
            if _is_private(address):
                raise _problem(f"leads to {host}, which is the private address {address}")


async def resolved(host: str) -> list[str]:
    """The addresses of a host; none when that is not known in time."""
    try:
        async with asyncio.timeout(LOOKUP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return [str(address[4][0]) for address in found]


def _host(source: str) -> str:
    try:
        parts = urlsplit(source)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port  # raises for one that is none
    except ValueError:
        raise _problem("is no URL") from None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or ord(c) < 32 for c in source):
        raise _problem("is no http or https URL")
    if parts.username is not None or parts.password is not None or "\\" in source:
        raise _problem("has more than a host before its path")
    return host


def _check_host(host: str, *, allow_private: bool) -> None:
    if host in REFUSED_BY_GATEWAY:
        raise _problem(f"leads to {host}, which the gateway refuses")
    address = _as_address(host)
    inside = _is_private(address) if address else "." not in host or host.endswith(PRIVATE_NAMES)
    if inside and not allow_private:
        raise _problem(f"leads to {host}, which is not a public address; MEDIA_ALLOW_PRIVATE=1 lets it")


def _as_address(host: str) -> str:
    """The address that a host is written as, also in the old ways (`2130706433`, `0x7f.1`); empty: it is a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""


def _is_private(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
        ip = inner or ip.ipv4_mapped or ip.sixtofour or ip
    return not ip.is_global or ip.is_multicast


def _check_upload(id_: str) -> None:
    try:
        uuid.UUID(id_)
    except ValueError:
        raise _problem("names no upload: it is `upload:` and the id that uploading answered") from None


def _check_base64(source: str) -> None:
    try:
        base64.b64decode(source, validate=True)
    except (binascii.Error, ValueError):
        raise _problem("is neither a URL nor base64") from None


def _problem(what: str) -> Problem:
    return Problem(400, f"`media.source` {what}", parameter="media.source")
