"""How is it said that something cannot be done? As problem+json (RFC 9457), whatever went wrong."""

import html
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from shared.telemetry import logs, metrics

RETRY_AFTER_S = 5

_DETAILS = {
    404: "there is no such page here",
    405: "this page does not take that method; `Allow` names those that it takes",
    413: "the body is too large; give a file as a URL, or upload it",
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


BROKEN = Problem(400, "the body breaks off, or is not what its Content-Type says")
Page = Callable[[web.Request, Problem], str]
PROBLEM_PAGE: web.AppKey[Page] = web.AppKey("PROBLEM_PAGE")
"""How a problem is shown to a person; `plain` when the application names nothing."""


def plain(_request: web.Request, problem: Problem) -> str:
    """A problem as a page, without any beauty."""
    title, detail = HTTPStatus(problem.status).phrase, html.escape(problem.detail)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{detail}</p><p><a href="/">Frontdesk</a></p></main></body></html>
"""


def answered(request: web.Request, problem: Problem) -> web.Response:
    """The problem, as a page for who reads pages, else in JSON."""
    if not wants_page(request):
        return problem.response()
    show = request.app.get(PROBLEM_PAGE, plain)
    text = show(request, problem)
    return web.Response(text=text, status=problem.status, headers=problem.headers, content_type="text/html")


def wants_page(request: web.Request) -> bool:
    """Whether a person's browser asks, for a page."""
    accepted = request.headers.get("Accept", "")
    return "text/html" in accepted and "Authorization" not in request.headers


@web.middleware
async def as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: every failure is answered as a problem."""
    try:
        return await handler(request)
    except Problem as problem:
        return answered(request, problem)
    except (HttpProcessingError, web.RequestPayloadError):
        return answered(request, BROKEN)
    except web.HTTPMethodNotAllowed as refusal:
        if request.method == "OPTIONS":
            return web.Response(status=204, headers={"Allow": ",".join(sorted({*refusal.allowed_methods, "OPTIONS"}))})
        return answered(request, _of_http(refusal))
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return answered(request, _of_http(answer))
    except (RedisError, OSError, TimeoutError) as error:
        return answered(request, _redis_away(request, error))
    except Exception:  # noqa: BLE001 - a bug of ours: the caller is told no more than that
        _log.exception("request_failed", method=request.method, path=request.path)
        return answered(request, Problem(500, "this is a fault of ours; the log says more"))


def _of_http(answer: web.HTTPException) -> Problem:
    allow = {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {}
    return Problem(answer.status, _DETAILS.get(answer.status, answer.reason), headers=allow)


def _redis_away(request: web.Request, error: Exception) -> Problem:
    metrics.REDIS_ERRORS.labels("admin").inc()
    reason = str(error) or type(error).__name__
    _log.warning("redis_error", path=request.path, error=reason)
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    if request.method in ("GET", "HEAD"):
        doctor = "`frontdesk doctor` says more"
        return Problem(503, f"Redis did not tell it: {reason}; nothing was changed, and {doctor}", headers=headers)
    return Problem(503, f"Redis did not do it: {reason}; look at the state before trying again", headers=headers)
