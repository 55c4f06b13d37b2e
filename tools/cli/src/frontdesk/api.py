"""How is the admin API asked? Every failure becomes one of two errors that say what to do."""

import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from frontdesk.failures import Unreachable, check, not_answered, understood
from frontdesk.told import Told

TIMEOUT_S = 60.0  # a reset of a long backlog takes seconds
CONNECT_S = 5.0
PAGE = 200  # items, the most that the API gives at once
LINES = {"Accept": "application/x-ndjson"}

T = TypeVar("T")
Query = Mapping[str, object]


class _Page(msgspec.Struct, frozen=True):
    items: list[msgspec.Raw]
    next: str | None = None


def segment(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="@")


class Api:
    """The admin API at one address, as one caller."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S)
        try:
            self._client = httpx2.Client(base_url=self._url, headers=headers, timeout=timeout)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise Unreachable(f"this is no address: {error}") from None

    def get(self, path: str, kind: type[T], **query: object) -> Told[T]:
        """What is there. Parameters that are None, empty or false are left out."""
        return self._told(self._ask("GET", path, query), kind)

    def post(self, path: str, kind: type[T], body: object = None, *, etag: str = "", **query: object) -> Told[T]:
        """Do something; the key keeps it from being done twice by what repeats requests on their way."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, **_if_still(etag)}
        return self._told(self._ask("POST", path, query, msgspec.json.encode(body or {}), headers), kind)

    def post_unkeyed(self, path: str, kind: type[T], body: object) -> Told[T]:
        """The same for what has a key of its own in its body, or an answer that is told once and kept nowhere."""
        return self._told(self._ask("POST", path, {}, msgspec.json.encode(body)), kind)

    def put(
        self, path: str, kind: type[T], body: bytes, media: str = "application/json", *, etag: str = "", **query: object
    ) -> Told[T]:
        """Set something; with the ETag of what was read, only if nobody else changed it."""
        return self._told(self._ask("PUT", path, query, body, {"Content-Type": media, **_if_still(etag)}), kind)

    def delete(self, path: str, kind: type[T], *, etag: str = "", **query: object) -> Told[T]:
        """Take something away."""
        return self._told(self._ask("DELETE", path, query, headers=_if_still(etag)), kind)

    def pages(self, path: str, kind: type[T], most: int, **query: object) -> Told[list[T]]:
        """The items of a list, page after page, `most` of them."""
        _, found = self._walked(path, most, query)
        data = b"[" + b",".join(bytes(item) for item in found[:most]) + b"]"
        return Told(understood(data, list[kind]), data)  # type: ignore[valid-type]

    def whole(self, path: str, kind: type[T], **query: object) -> Told[T]:
        """A list that says something beside its items, page after page, as if it came at once."""
        first, found = self._walked(path, sys.maxsize, query)
        data = msgspec.json.encode({**first.whole, "items": found, "next": None})
        return Told(understood(data, kind), data)

    def _walked(self, path: str, most: int, query: Query) -> tuple[Told[_Page], list[msgspec.Raw]]:
        """The first page, and the items of all."""
        first = page = self.get(path, _Page, limit=min(most, PAGE), **query)
        found = page.seen.items
        while page.seen.next is not None and len(found) < most:
            page = self.get(path, _Page, limit=min(most - len(found), PAGE), cursor=page.seen.next, **query)
            found = found + page.seen.items
        return first, found

    @contextmanager
    def lines(self, path: str, **query: object) -> Iterator[Iterator[str]]:
        """The lines of an answer that goes on for as long as it is read."""
        timeout = httpx2.Timeout(None, connect=CONNECT_S)
        try:
            with self._client.stream("GET", path, params=_given(query), headers=LINES, timeout=timeout) as answer:
                if answer.status_code >= 300:
                    answer.read()
                check(answer)
                yield answer.iter_lines()
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise not_answered(self._url, "GET", error) from None

    def _ask(
        self, method: str, path: str, query: Query, body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:  # fmt: skip
        media = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = self._client.request(
                method, path, params=_given(query), content=body, headers={**media, **(headers or {})}
            )
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise not_answered(self._url, method, error) from None
        check(answer)
        return answer

    @staticmethod
    def _told(answer: httpx2.Response, kind: type[T]) -> Told[T]:
        return Told(understood(answer.content, kind), answer.content, answer.headers.get("ETag", ""))


def _if_still(etag: str) -> dict[str, str]:
    """The header that has it done only to what was seen; without an ETag, to whatever there is."""
    return {"If-Match": etag} if etag else {}


def _given(query: Query) -> dict[str, Any]:
    told = {name: value for name, value in query.items() if value is not None and value is not False and value != ""}
    return {name: "true" if value is True else str(value) for name, value in told.items()}
