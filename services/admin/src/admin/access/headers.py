"""What is the browser told, whatever it asked for? To trust nothing but this page's own files, and to keep nothing."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from admin.access.callers import Callers

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""No script and no style that stands in a page itself; `data:` is for QR codes."""

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # `no-referrer` would make browsers hide the origin of our own forms as well
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Server": "frontdesk",
}
_HTTPS_ONLY = "max-age=31536000"


def secure(callers: Callers) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """For `on_response_prepare`: every answer carries them, problems and streams as well."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_ALWAYS)
        response.headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")
        if callers.is_https(request):
            response.headers["Strict-Transport-Security"] = _HTTPS_ONLY

    return add
