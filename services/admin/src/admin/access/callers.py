"""Where does a request come from? Its address, as the proxies that we trust tell it, and whether over HTTPS."""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web


class Callers:
    """Knows how many proxies stand before us; each adds the address that it heard from."""

    def __init__(self, proxies: int) -> None:
        self._proxies = proxies

    def address(self, request: web.Request) -> str:
        """The caller's address; of an IPv6 address its network, because a caller has them by the billion."""
        told = [part.strip() for line in request.headers.getall("X-Forwarded-For", []) for part in line.split(",")]
        heard = [*told, request.remote or ""]
        return _network(heard[-self._proxies - 1] if len(heard) > self._proxies else heard[0])

    def is_https(self, request: web.Request) -> bool:
        """Whether the browser speaks HTTPS, with us or with the proxy before us."""
        return request.secure or (self._proxies > 0 and request.headers.get("X-Forwarded-Proto", "") == "https")


def is_loopback(request: web.Request) -> bool:
    """Whether the browser was sent to this very machine: the one place where plain HTTP is safe."""
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
