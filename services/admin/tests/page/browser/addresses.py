"""Which pages are there, and at which addresses can they be looked at? A page without an example here fails a test."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from playwright.async_api import Page

from tests.support.waiting import until

from .conftest import Clinic, Visit
from .morning import INSTANCE, LUCIA, MARIA

NOT_PAGES = ("/admin", "/livez", "/readyz", "/metrics", "/static", "/live")
"""Beginnings of what is not for people's eyes: the API, health, files, the stream of news."""
TEXT = "# Bicicletário\n\nHá um bicicletário coberto ao lado da entrada."

EXAMPLES: dict[str, dict[str, str]] = {
    "/": {"overview": "/", "overview-one": f"/?instance={INSTANCE}"},
    "/login": {},  # nobody who is logged in sees it: see OUTSIDE
    "/chats": {
        "chats": f"/chats?instance={INSTANCE}", "chats-everywhere": "/chats",
        "chats-nothing-found": "/chats?find=nobody-is-called-this",
    },
    "/chats/{instance}/{chat}": {
        "chat": f"/chats/{INSTANCE}/{MARIA}",
        "contact": f"/chats/{INSTANCE}/{MARIA}?about=1",
        "chat-template": f"/chats/{INSTANCE}/{MARIA}?template=reminder",
    },
    "/schedule": {"schedule": "/schedule"},
    "/broadcasts": {"broadcasts": "/broadcasts"},
    "/broadcasts/new": {
        "broadcast-which": "/broadcasts/new", "broadcast-new": "/broadcasts/new?template=reminder",
    },
    "/broadcasts/{id}": {"broadcast": "/broadcasts/{broadcast}"},
    "/templates": {"templates": "/templates", "template": "/templates?name=reminder"},
    "/knowledge": {
        "knowledge": "/knowledge?question=estacionamento", "knowledge-nothing": "/knowledge?question=xyzzy",
    },
    "/knowledge/new": {"knowledge-new": "/knowledge/new"},
    "/knowledge/texts/{name}": {"knowledge-text": "/knowledge/texts/bicicletas.md"},
    "/dead-letters": {
        "dead-letters": "/dead-letters", "dead-letters-none": "/dead-letters?reason=none-has-this",
        "dead-letters-failed": "/dead-letters?of=failed",
    },
    "/dead-letters/{id}": {"dead-letter": "/dead-letters/{letter}"},
    "/instances": {"instances": "/instances"},
    "/instances/{instance}": {"instance": f"/instances/{INSTANCE}", "instance-qr": "/instances/recepcao"},
    "/instances/{instance}/queues": {"queues": f"/instances/{INSTANCE}/queues"},
    "/instances/{instance}/queues/{operation}": {"queue-begin": f"/instances/{INSTANCE}/queues/reset-to-begin"},
    "/audit": {"audit": "/audit", "audit-access": "/audit?of=access"},
    "/settings": {"settings": "/settings"},
    "/settings/doctor": {"doctor": "/settings/doctor"},
    "/settings/privacy": {
        "privacy": "/settings/privacy", "privacy-known": f"/settings/privacy?chat={MARIA}",
        "privacy-nobody": "/settings/privacy?chat=5511900001234",
        "privacy-erased": "/settings/privacy?erasure={erasure}",
    },
}  # fmt: skip
PROBLEMS = {
    "problem-400": "/chats?status=sleeping", "problem-404": f"/chats/{INSTANCE}/5500000000000",
    "problem-nowhere": "/nowhere",
}  # fmt: skip
OUTSIDE = {"login": "/login", "login-ended": "/login?why=ended", "login-unsent": "/login?why=unsent"}


def pages_of(app: web.Application) -> set[str]:
    """Every route that shows a page."""
    paths = {route.resource.canonical for route in app.router.routes() if route.method == "GET" and route.resource}
    return {path for path in paths if not any(path == one or path.startswith(f"{one}/") for one in NOT_PAGES)}


@dataclass
class Prepared:
    """What the examples name."""

    broadcast: str
    letter: str
    erasure: str

    def at(self, address: str) -> str:
        return address.format(broadcast=self.broadcast, letter=self.letter, erasure=self.erasure)


async def prepare(clinic: Clinic) -> Prepared:
    """Something to see on every page."""
    admin, of_demo = clinic.admin, {"instance": INSTANCE}
    now = (await clinic.get("/admin/overview"))["at"]
    for text, hours in (("Até amanhã!", 25), ("Sua consulta é na sexta às 9h. Responda 1 para confirmar.", 70)):
        body = of_demo | {"to": MARIA, "text": text, "class": "reminder", "send_at": now + hours * 3_600_000}
        assert (await admin.post("/admin/messages", json=body)).status == 202
    await clinic.token("ana", "staff")
    assert (await admin.put("/admin/knowledge/bicicletas.md", params=of_demo, data=TEXT.encode())).status == 200
    assert (await admin.post("/admin/instances", json={"name": "recepcao"})).status == 201
    people = [{"to": f"5511900000{n:03}", "variables": {"name": f"Pessoa {n}"}} for n in range(40)]
    body = {"template": "results_ready", "recipients": people, "per_minute": 60, "confirm": INSTANCE}
    started = await (await admin.post("/admin/broadcasts", params=of_demo, json=body)).json()
    erase = {"chat": LUCIA, "reason": "asked for by e-mail"}
    ordered = await (await admin.post("/admin/privacy/erase", params=of_demo | {"confirm": LUCIA}, json=erase)).json()

    async def erased() -> bool:
        return (await clinic.get(f"/admin/privacy/erasures/{ordered['id']}"))["state"] == "done"

    await until(erased)
    letters = (await clinic.get("/admin/dead-letters"))["items"]
    return Prepared(started["id"], letters[0]["id"], ordered["id"])


Doing = Callable[[Visit, Path], Awaitable[Page]]


async def _many_chosen(one: Visit, _folder: Path) -> Page:
    page = await one.go("/dead-letters")
    await page.locator("[data-check-all]").check()
    await page.locator("button[value=replay]").click()
    await page.locator(".trial").wait_for()
    return page


async def _list(one: Visit, pasted: str) -> Page:
    page = await one.go("/broadcasts/new?template=results_ready")
    await page.locator("textarea[name=recipients]").fill(pasted)
    await page.locator("main form button").first.click()
    return page


async def _wrong_list(one: Visit, _folder: Path) -> Page:
    page = await _list(one, "telefone;name\n5511900000001;Ana\n12;Bia\n5511900000002\n5511900000001;Outra")
    await page.locator("#faults").wait_for()
    return page


async def _right_list(one: Visit, _folder: Path) -> Page:
    page = await _list(one, "telefone;name\n5511900000001;Ana\n5511900000002;Bia")
    await page.locator("#trial").wait_for()
    return page


async def _file_open(one: Visit, _folder: Path) -> Page:
    page = await one.go(f"/chats/{INSTANCE}/{MARIA}")
    await page.locator(".extras summary").last.click()
    return page


async def _file_refused(one: Visit, folder: Path) -> Page:
    (folder / "a.png").write_bytes(b"MZ\x90\x00")
    page = await _file_open(one, folder)
    await page.locator("#reply-file").set_input_files(folder / "a.png")
    await page.locator("#reply-text").fill("Segue o exame.")
    await page.locator("#composer button.primary").click()
    await page.get_by_role("alert").wait_for()
    return page


async def _changed_meanwhile(one: Visit, _folder: Path) -> Page:
    page = await one.go("/knowledge/texts/bicicletas.md")
    await page.locator("input[name=version]").first.evaluate("""one => { one.value = '"older"'; }""")
    await page.locator("textarea").fill(TEXT + "\n\nSó de dia.")
    await page.locator("button.primary").click()
    await page.locator("#theirs").wait_for()
    return page


async def _earlier_login(one: Visit, _folder: Path) -> Page:
    page = await one.go("/schedule")
    await page.locator("textarea").fill("Até amanhã!")
    await page.locator("input[name=to]").fill(MARIA)
    await page.evaluate("document.querySelectorAll('input[name=csrf]').forEach(one => { one.value = 'old'; })")
    await page.locator("main form button.primary").last.click()
    await page.locator("[data-if-kept]").wait_for()
    return page


async def _token_made(one: Visit, _folder: Path) -> Page:
    page = await one.go("/settings")
    await page.locator("#tokens input[name=name]:not([type=hidden])").fill("bia")
    await page.locator("#tokens button.primary").click()
    await page.locator("code.secret").wait_for()
    return page


async def _menu(one: Visit, _folder: Path) -> Page:
    page = await one.go("/schedule")
    if await page.locator("#menu summary").is_visible():
        await page.locator("#menu summary").click()
    return page


DOINGS: dict[str, Doing] = {
    "dead-letters-trial": _many_chosen, "broadcast-wrong-list": _wrong_list, "broadcast-trial": _right_list,
    "chat-file": _file_open, "chat-file-refused": _file_refused, "knowledge-412": _changed_meanwhile,
    "problem-403-form": _earlier_login, "token-made": _token_made, "menu": _menu,
}  # fmt: skip
"""What is seen only after something was done; the last ones change what others would see."""
