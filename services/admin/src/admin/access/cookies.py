"""What does the browser keep? The id of its session, and while it logs in that of the form; no script can read them.

Over HTTPS their names begin with `__Host-`, so that no neighbouring domain can set them. Plain HTTP is for this very
machine; anywhere else the browser is told to send them over HTTPS alone, and a login over plain HTTP fails, saying so.
"""

from aiohttp import web

from admin.access.callers import is_loopback

SESSION = "frontdesk"
FORM = "frontdesk-login"


def read(request: web.Request, name: str) -> str:
    """The cookie's value; empty: there is none."""
    return request.cookies.get(_name(request, name), "")


def put(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """Let the browser keep a value until it is closed. Ends of sessions are ours to decide, not the browser's.

    Lax: a link in an alert opens the page logged in; what changes anything has a token of its own besides.
    """
    secure = not is_loopback(request)
    response.set_cookie(_name(request, name), value, path="/", httponly=True, secure=secure, samesite="Lax")


def drop(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Let the browser forget it."""
    secure = not is_loopback(request)
    response.del_cookie(_name(request, name), path="/", httponly=True, secure=secure, samesite="Lax")


def _name(request: web.Request, name: str) -> str:
    return name if is_loopback(request) else f"__Host-{name}"
