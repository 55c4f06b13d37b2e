"""What did they post? The whole body, unless it is too large, too slow, packed, or breaks off."""

import asyncio

from aiohttp import web

from shared.errors import FrontdeskError

BODY_LIMIT = 2 * 1024**2
BODY_WAIT_S = 10.0  # a webhook is one packet or a few; the gateway itself gives up after 30 s


class Refused(FrontdeskError):  # noqa: N818 - it reads `raise Refused(413, …)`
    """The request is answered with this status; `label` is what the metric calls it."""

    def __init__(self, status: int, label: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.label = label
        self.detail = detail


async def read_body(request: web.Request) -> bytes:
    """The body of a request to an application whose `client_max_size` is `BODY_LIMIT`.

    Raises Refused.
    """
    if (request.content_length or 0) > BODY_LIMIT:
        raise _too_large()
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise Refused(415, "bad_request", "the body is compressed; send it as it is")
    try:
        async with asyncio.timeout(None if request.content.is_eof() else BODY_WAIT_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _too_large() from None
    except TimeoutError:
        raise Refused(408, "broken_off", f"the body did not come within {BODY_WAIT_S:.0f} s") from None
    except (ConnectionError, web.RequestPayloadError):
        raise Refused(400, "broken_off", "the body broke off") from None


def _too_large() -> Refused:
    return Refused(413, "too_large", f"the body is over {BODY_LIMIT} bytes")
