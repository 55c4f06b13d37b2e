"""How are others asked over HTTP? With every wait bounded, no redirects, and failures that are one sentence."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

ANSWER_MAX = 4 * 1024**2  # a gateway with thousands of instances lists them in about that


class Unreachable(Exception):  # noqa: N818 - it is named for what it says
    """It did not answer, or not as it should."""


class Outside:
    """One HTTP client for everybody outside, open while the application runs."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        # Node hangs up on an idle connection after 5 s.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ttl_dns_cache=60, keepalive_timeout=4))
        yield
        await self._session.close()

    async def ask(
        self, method: str, url: str, *, within_s: float, headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> tuple[int, Any]:  # fmt: skip
        """The status and the JSON of the answer; None when it is none. Raises Unreachable."""
        assert self._session is not None, "the application is not running"
        timeout = aiohttp.ClientTimeout(total=within_s)
        try:
            async with self._session.request(
                method, url, json=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await _json(answer)
        except TimeoutError:
            raise Unreachable(f"no answer within {within_s:.0f} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None


async def _json(answer: aiohttp.ClientResponse) -> Any:
    data = b""
    async for chunk in answer.content.iter_chunked(65_536):
        data += chunk
        if len(data) > ANSWER_MAX:
            raise Unreachable(f"its answer is larger than {ANSWER_MAX} bytes")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
