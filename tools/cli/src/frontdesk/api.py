"""How is the admin API asked? Every failure becomes one of two errors that say what to do."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2

TIMEOUT_S = 60.0  # a reset of a long backlog takes seconds
CONNECT_S = 5.0
_HINTS = {
    401: "Set FRONTDESK_TOKEN (or FRONTDESK_TOKEN_FILE, or --token) to a token that `frontdesk tokens list` shows.",
    412: "Somebody else changed it meanwhile: look at it again, then repeat the change.",
}

Json = Any
"""What the API answered, as JSON; its shapes are in the API's own document, /admin/openapi.json."""


class Refused(Exception):  # noqa: N818 - what the service said
    """The service answered that it does not do this."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = _HINTS.get(status, "")


class Unreachable(Exception):  # noqa: N818
    """The service did not answer."""


def segment(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="@")


class Api:
    """The admin API at one address, as one caller."""

    def __init__(self, url: str, token: str, transport: httpx2.BaseTransport | None = None) -> None:
        self._url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S)
        self._client = httpx2.Client(base_url=self._url, headers=headers, timeout=timeout, transport=transport)

    def get(self, path: str, **query: object) -> Json:
        """What is there. Parameters that are None or empty are left out."""
        return self._ask("GET", path, query).json()

    def post(self, path: str, body: Json = None, **query: object) -> Json:
        """Do something; once, also when the request has to be repeated on its way."""
        return self._ask("POST", path, query, body, {"Idempotency-Key": uuid.uuid4().hex}).json()

    def delete(self, path: str, **query: object) -> Json:
        """Take something away."""
        answer = self._ask("DELETE", path, query)
        return answer.json() if answer.content else {}

    def pages(self, path: str, most: int, **query: object) -> Iterator[Json]:
        """The items of a list, page after page, `most` of them."""
        cursor: str | None = ""
        while cursor is not None and most > 0:
            page = self.get(path, limit=min(most, 200), cursor=cursor, **query)
            yield from page["items"][:most]
            most, cursor = most - len(page["items"]), page["next"]

    @contextmanager
    def lines(self, path: str, **query: object) -> Iterator[Iterator[str]]:
        """The lines of an answer that goes on for as long as it is read."""
        timeout = httpx2.Timeout(None, connect=CONNECT_S)
        try:
            with self._client.stream("GET", path, params=_given(query), timeout=timeout) as answer:
                if answer.status_code >= 400:
                    answer.read()
                _check(answer)
                yield answer.iter_lines()
        except httpx2.TransportError as error:
            raise self._unreachable(error) from None

    def _ask(
        self, method: str, path: str, query: Mapping[str, object], body: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:  # fmt: skip
        try:
            answer = self._client.request(method, path, params=_given(query), json=body, headers=headers)
        except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise self._unreachable(error) from None
        _check(answer)
        return answer

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(f"{self._url} does not answer: {error or type(error).__name__}")


def _given(query: Mapping[str, object]) -> dict[str, str]:
    told = {name: value for name, value in query.items() if value not in (None, "", False)}
    return {name: "true" if value is True else str(value) for name, value in told.items()}


def _check(answer: httpx2.Response) -> None:
    if answer.status_code < 400:
        return
    try:
        problem = answer.json()
        detail = str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"it answered {answer.status_code} {answer.reason_phrase}; is this the admin service?"
    raise Refused(answer.status_code, detail)
