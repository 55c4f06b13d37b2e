"""What did the caller send?"""

from __future__ import annotations

import json

from aiohttp import web

from .recorded import Json
from .refused import bad


async def read_body(request: web.Request) -> tuple[Json, bool]:
    """The fields sent, and whether a file came with them."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return fields, any(isinstance(value, web.FileField) for value in form.values())
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as broken:
        raise bad(str(broken)) from broken
    return body if isinstance(body, dict) else {}, False
