"""How is it said that something cannot be done? As problem+json (RFC 9457), whatever went wrong."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from shared.telemetry import logs, metrics

RETRY_AFTER_S = 5

_DETAILS = {
    404: "there is no such page here",
    405: "this page does not take that method; `Allow` names those that it takes",
    413: "the body is too large; give a file as a URL",
}
_log = logs.get(__name__)


class Problem(Exception):  # noqa: N818 - it is named for what it becomes
    """Answered as a problem. `parameter` names what to mend; `more` are further members."""

    def __init__(
        self, status: int, detail: str, *, parameter: str = "", headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = ({"parameter": parameter} if parameter else {}) | more

    def response(self) -> web.Response:
        body = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail} | self.more
        return web.json_response(
            body, status=self.status, headers=self.headers, content_type="application/problem+json"
        )


@web.middleware
async def as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: every failure is answered as a problem."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as answer:
        return _of_http(answer).response() if answer.status >= 400 else answer
    except (RedisError, OSError, TimeoutError) as error:
        return _redis_away(request, error).response()
    except Exception:  # noqa: BLE001 - a bug of ours: the caller is told no more than that
        _log.exception("request_failed", method=request.method, path=request.path)
        return Problem(500, "this is a fault of ours; the log says more").response()


def _of_http(answer: web.HTTPException) -> Problem:
    allow = {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {}
    return Problem(answer.status, _DETAILS.get(answer.status, answer.reason), headers=allow)


def _redis_away(request: web.Request, error: Exception) -> Problem:
    metrics.REDIS_ERRORS.labels("admin").inc()
    reason = str(error) or type(error).__name__
    _log.warning("redis_error", path=request.path, error=reason)
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return Problem(503, f"Redis did not do it: {reason}; look at the state before trying again", headers=headers)
