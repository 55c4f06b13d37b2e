"""Does what a patient writes, or calls themselves or a file, ever become part of a page's markup?"""

import html
import html.parser
import re
from collections.abc import Iterator

import pytest

from admin.access.gate import role_of
from shared import ids
from shared.events import (
    Attachment,
    ContactChanged,
    EntryDeadLettered,
    HandoffRequested,
    MessageReceived,
    SendDeadLettered,
    encode,
    following,
)
from shared.streams import keys
from tests.support.log import write
from tests.support.replica import INSTANCE, a_send
from tests.support.waiting import until

from .conftest import PAGE

CHAT = "5511988887777"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea></title></style></script><svg onload=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "javascript:alert(1)//",
    "<a href=javascript:alert(1)>x</a><iframe src=//evil.example></iframe>",
    '<div hx-get="/admin/tokens" hx-trigger="load" hx-on:click="alert(1)">',
    "\u202e<b>\u2066x",
]


class Markup(html.parser.HTMLParser):
    """What a browser would make of a page, as far as it matters here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        where = f"<{tag} {given}>"
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and "src" not in given):
            self.faults.append(where)
        for name, value in attrs:
            if name.startswith(("on", "hx-on")) or name == "style":
                self.faults.append(where)
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post") and not _is_ours(value or ""):
                self.faults.append(where)


def _is_ours(address: str) -> bool:
    return not re.match(r"\s*(?!data:image/|https://github\.com/)([a-z][a-z0-9+.-]*:|//|\\)", address, re.I)


def pages(admin) -> Iterator[str]:
    """Every page that can be looked at, of our instance and chat."""
    filled = {"instance": INSTANCE, "chat": CHAT}
    for route in admin.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        owner = getattr(route.handler, "__self__", None)
        if route.method == "GET" and role_of(route.handler) and getattr(owner, "produces", "") == "text/html":
            yield re.sub(r"{(\w+)[^}]*}", lambda found: filled.get(found[1], "x"), path)


async def written(client, hostile: str) -> None:
    """Whatever of a patient's can reach a page says `hostile`."""
    now = 1_795_500_000_000
    came = MessageReceived(
        id=ids.new(), instance=INSTANCE, chat=CHAT, occurred_at=now, recorded_at=now, message_id=hostile,
        author="patient", kind="document", text=hostile, sender_name=hostile,
        attachment=Attachment(file_name=hostile, mimetype=hostile),
    )  # fmt: skip
    send = a_send(hostile, CHAT, id=ids.new(), by=hostile)
    facts = [
        came,
        following(HandoffRequested, came, "wanted", now, why=hostile),
        following(ContactChanged, came, "changed", now, by=hostile, name=hostile, notes=hostile),
        send,
        following(SendDeadLettered, send, "dead", now, send_id=send.id, reason=hostile, attempts=1),
        following(EntryDeadLettered, came, "entry", now, stream=hostile, entry_id="1-1", reason=hostile, attempts=1),
    ]
    await write(client, INSTANCE, facts)
    letter = {"e": encode(send), "reason": hostile, "stream": keys.outbound(INSTANCE)}
    await client.xadd(keys.dead_letters(INSTANCE), letter)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_it_is_shown_as_text(admin, victim, client, hostile: str) -> None:
    await written(client, hostile)

    async def is_known() -> bool:
        found = await admin.get("/admin/conversations", params={"instance": INSTANCE})
        return CHAT in await found.text()

    await until(is_known)
    shown = 0
    for path in pages(admin):
        answer = await victim.client.get(path, params={"instance": INSTANCE}, headers=PAGE)
        if answer.status == 400:  # a page of another kind of parameter
            answer = await victim.client.get(path, headers=PAGE)
        text = await answer.text()
        assert Markup(text).faults == [], path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.status < 500, path
        shown += hostile in html.unescape(text)
    assert shown or not list(pages(admin))


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_problems_and_the_login_show_it_as_text(victim, browser, hostile: str) -> None:
    for path in (f"/{hostile}", "/chats", "/admin/streams/health", "/admin/tokens", "/login"):
        for name in ("instance", "next", "find", "q", hostile):
            answer = await victim.client.get(path, params={name: hostile}, headers=PAGE, allow_redirects=False)
            assert Markup(await answer.text() if answer.content_type == "text/html" else "").faults == []


async def test_json_is_never_taken_for_a_page(admin, victim, client) -> None:
    await written(client, HOSTILE[0])
    for path in ("/admin/conversations", "/admin/streams/health", "/admin/dead-letters"):
        answer = await victim.client.get(path, params={"instance": INSTANCE})
        assert answer.content_type in ("application/json", "application/problem+json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
