"""Is what the doctor finds, and how it is mended, said in the reader's language? Here is every sentence there is."""

import re
from typing import Any

import pytest

from admin.doctoring import checks
from admin.doctoring.checks import Check
from admin.doctoring.lately import Heard
from admin.doctoring.neighbours import of_gateway, of_ingest
from admin.doctoring.posting import of_hooks, of_refused
from admin.gateway import UNSET, GatewayInstance, Hook, Posting
from admin.http.problems import Problem
from admin.outside import Unreachable
from admin.page.findings import SHAPES, said
from admin.page.words import LANGUAGES, Language, Words, catalog
from admin.settings import AdminSettings

WELL = {"redis_version": "7.2.4", "aof_enabled": 1, "maxmemory_policy": "noeviction", "used_memory": 2**20}
URL = "http://ingest.example"
OURS = f"{URL}/webhooks/evolution/wa1"
TOKEN = "x" * 32
MINUTE = 60_000
MISTAKE = "clinics/demo.yaml:3: name: not valid YAML"


class ItsGateway:
    """A gateway with one number whose webhook leads elsewhere, unless it is said otherwise."""

    is_set = True

    def __init__(self, hook: str = "http://elsewhere.example", problem: str = "", **about: Any) -> None:
        self._hook, self._problem, self._about = hook, problem, about

    async def version(self) -> str:
        if self._problem:
            raise Problem(503, self._problem)
        return "2.3.6"

    async def instances(self) -> list[GatewayInstance]:
        return [GatewayInstance(name="wa1", state="close")]

    async def posting(self, _name: str) -> Posting:
        if self._problem:
            raise Problem(503, self._problem)
        return Posting(Hook(url=self._hook, enabled=True), **self._about)


class Unset(ItsGateway):
    is_set = False


class HeardOf:
    """When a webhook came in."""

    def __init__(self, ago_ms: int | None) -> None:
        self._ago = ago_ms

    async def of(self, _name: str, _changed_at: int | None) -> Heard:
        return Heard(self._ago is not None, self._ago, since_change=True) if self._ago else Heard()


class Answers:
    """Somebody who is asked over HTTP."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def ask(self, *_: Any, **__: Any) -> tuple[int, None]:
        if not self._status:
            raise Unreachable("no answer within 5 s")
        return self._status, None


def _of_redis() -> list[Check]:
    return [
        checks.version({"redis_version": "6.2.14"}),
        checks.persistence({}, {}),
        *(checks.persistence(WELL, {"appendfsync": how}) for how in ("everysec", "no", "")),
        checks.persistence(WELL | {"aof_last_write_status": "err"}, {}),
        checks.memory(WELL),
        checks.memory(WELL | {"maxmemory": 10 * 2**20}),
        checks.memory(WELL | {"maxmemory_policy": "allkeys-lru"}),
        checks.memory(WELL | {"maxmemory": 2**20}),
        checks.clock(1, 1, 1),
        checks.clock(1, 10_000, 1),
    ]


def _of_ourselves() -> list[Check]:
    weak = AdminSettings(redis_url="redis://x", admin_token="change-me", webhook_token="short", clinics_dir="x")
    strong = AdminSettings(redis_url="redis://x", admin_token="x" * 40, clinics_dir="x")
    return [
        checks.tokens(weak),
        checks.tokens(strong),
        checks.services({"sender": ["s1"], "responder": ["r1", "r2"]}),
        checks.services({"sender": [], "responder": []}),
        checks.services_unknown(),
        checks.redis_away("Error 111 connecting to redis:6379"),
        *(checks.clinics(names, mistakes) for names in (["demo", "dosplazas"], []) for mistakes in ([], [MISTAKE])),
    ]


async def _of_neighbours() -> list[Check]:
    gateways = ItsGateway(), Unset(), ItsGateway(problem=UNSET)
    return [
        *[check for one in gateways for check in (await of_gateway(one))[0]],
        *await of_ingest(Answers(200), ""),
        *[check for status in (200, 404, 0) for check in await of_ingest(Answers(status), URL)],
        *[check for ago in (None, 5 * MINUTE, 180 * MINUTE) for check in await _hooks(ItsGateway(), ago)],
        *await _hooks(ItsGateway(OURS, headers={"X-Webhook-Token": TOKEN}), None),
        *await _hooks(ItsGateway(OURS, events=frozenset({"MESSAGES_UPSERT"})), None),
        *await _hooks(ItsGateway(problem="away"), None),
        *await of_hooks(ItsGateway(OURS), URL, None, ["wa1"], HeardOf(None)),
        *of_refused({b"count": b"3", b"at": b"1", b"instance": b"wa1"}, 5 * MINUTE),
    ]


async def _hooks(gateway: ItsGateway, ago_ms: int | None) -> list[Check]:
    return await of_hooks(gateway, URL, TOKEN, ["wa1"], HeardOf(ago_ms))


async def _sentences() -> set[str]:
    found = _of_redis() + _of_ourselves() + await _of_neighbours()
    return {sentence for check in found for sentence in (check.found, check.mend)} - {""}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_is_said_in_every_language(language: Language) -> None:
    t = Words(language)
    assert {sentence for sentence in await _sentences() if not said(t, sentence)} == set()


async def test_every_shape_is_among_them() -> None:
    """Else a sentence that is changed without its shape would fall back to English without anybody noticing."""
    found = await _sentences()
    assert [name for name, shape in SHAPES.items() if not any(map(re.compile(shape, re.S).fullmatch, found))] == []


async def test_everything_that_is_looked_at_has_its_name() -> None:
    found = _of_redis() + _of_ourselves() + await _of_neighbours()
    assert {f"check.name_{check.name.replace(' ', '_')}" for check in found} - set(catalog()) == set()


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("no sender and no responder is alive", "Sem nenhuma réplica ativa: Envio, Robô."),
        ("2 responder, 1 sender", "Robô: 2, Envio: 1"),
        ("ADMIN_TOKEN and WEBHOOK_TOKEN can be guessed: too short, or the demonstration's",
         "Dá para adivinhar: ADMIN_TOKEN, WEBHOOK_TOKEN. É curto demais ou é o da demonstração."),
        ("the gateway refuses our key (401): check EVOLUTION_API_KEY",
         "O gateway recusa a nossa chave: verifique EVOLUTION_API_KEY."),
        ("something that nobody has put into words yet", None),
    ],
)  # fmt: skip
def test_in_words(sentence: str, text: str | None) -> None:
    assert said(Words("pt"), sentence) == text
