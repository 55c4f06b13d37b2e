"""Which page did a form stand on? Its own address, or the one above it where nobody can look at its own."""

from urllib.parse import quote, urlsplit

from aiohttp import web

PATH_SAFE = "/@"


def page_path(request: web.Request) -> str:
    """The path of the page that `request` comes from, or asks for."""
    resource = request.match_info.route.resource
    if request.method == "GET" or resource is None:
        return request.path
    looked_at = (route.resource for route in request.app.router.routes() if route.method == "GET")
    if resource.canonical in {one.canonical for one in looked_at if one is not None}:
        return request.path
    return request.path.rpartition("/")[0] or "/"


def whence(request: web.Request) -> str:
    """The address of the page that `request` comes from: a page itself, a form on it, or a part that asks for news."""
    if request.headers.get("HX-Request"):
        told = urlsplit(request.headers.get("HX-Current-URL", ""))
        return (told.path or "/") + (f"?{told.query}" if told.query else "")
    query = request.rel_url.raw_query_string
    return quote(page_path(request), safe=PATH_SAFE) + (f"?{query}" if query else "")
