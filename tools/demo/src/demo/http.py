"""How is a local server asked something, with nothing but the standard library?"""

import json
import urllib.error
import urllib.request
from typing import Any


def call(
    method: str, url: str, body: object = None, *, timeout: float = 10.0, headers: dict[str, str] | None = None
) -> Any:
    """The JSON answer of a local server. Raises OSError when it does not answer, or answers an error."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read() or b"null")


def is_up(url: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=1.0) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
