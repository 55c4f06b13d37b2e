"""Does the page tell what is true of a number whose gateway says little, and refuse in the reader's language?"""

import pytest

from admin.page.words import Words
from shared.events import ConnectionChanged, encode
from shared.streams import keys
from tests.support.gateway import Answer
from tests.support.replica import INSTANCE, a_send
from tests.support.waiting import until

from .recorded import KEY, Recorded
from .talk import Talk, folded, patient

NO_HOOK = Answer(200, None)


@pytest.fixture
def gateway() -> Recorded:
    return Recorded()


@pytest.fixture
async def admin(new_admin, redis_url: str, client, streams, gateway: Recorded, aiohttp_server):
    there = await aiohttp_server(gateway.app())
    return await new_admin(redis_url, evolution_server_url=str(there.make_url("/")), evolution_api_key=KEY)


async def _page(admin, path: str, lang: str = "en", **form: str) -> str:
    headers = {"Accept-Language": lang}
    answer = await (admin.post(path, data=form, headers=headers) if form else admin.get(path, headers=headers))
    assert answer.content_type == "text/html"
    return await answer.text()


async def test_a_number_tells_when_it_was_last_heard(admin, client, streams) -> None:
    talk = Talk(admin)

    async def heard() -> int | None:
        return (await talk.ask("GET", f"/instances/{INSTANCE}", instance=None))["number"]["heard_at"]

    assert await heard() is None
    await streams.put(a_send("ours"))
    await client.xadd(keys.events(INSTANCE), {"e": b"\xff"})
    assert await heard() is None
    await patient(client)
    at = await heard()
    assert at == int((await client.xrevrange(keys.events(INSTANCE), count=1))[0][0].partition(b"-")[0])
    await streams.put(a_send("ours again"))
    assert await heard() == at
    listed = (await talk.ask("GET", "/instances", instance=None))["items"]
    assert {one["instance"]: one["heard_at"] for one in listed} == {"evo1": None, INSTANCE: at}


async def test_the_overview_says_that_messages_arrive_where_nothing_is_known_of_the_connection(admin, client) -> None:
    assert "nothing heard yet" in await _page(admin, "/")
    await patient(client)
    await folded(client)
    assert "messages arrive" in await _page(admin, "/")
    assert "as mensagens chegam" in await _page(admin, "/", "pt")
    told = ConnectionChanged(
        id=a_send().id, instance=INSTANCE, occurred_at=a_send().occurred_at, recorded_at=1, state="close"
    )
    await client.xadd(keys.events(INSTANCE), {"e": encode(told)})
    await patient(client)
    await folded(client)
    assert "messages arrive" not in await _page(admin, "/")
    assert "desconectado" in await _page(admin, "/", "pt")


async def test_a_webhook_for_all_numbers_is_told_for_what_it_is(admin, client, gateway: Recorded) -> None:
    gateway.says["GET /webhook/find/{name}"] = NO_HOOK
    page = await _page(admin, f"/instances/{INSTANCE}")
    assert "is not set" in page
    await patient(client)
    page = await _page(admin, f"/instances/{INSTANCE}")
    assert "is not set" not in page
    assert "the gateway posts for all its numbers to us" in page
    assert "o gateway manda para cá o de todos os seus números" in await _page(admin, f"/instances/{INSTANCE}", "pt")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("pt", "Só letras minúsculas"), ("es", "Solo letras minúsculas"), ("en", "Only small letters")],
)
async def test_a_wrong_name_is_told_in_words(admin, lang: str, said: str) -> None:
    page = await _page(admin, "/settings", lang, act="token", name="Ana", role="staff")
    assert said in page
    assert "a-z0-9" not in page.partition('id="tokens"')[0]


async def test_the_api_says_it_in_words_too(admin) -> None:
    answer = await admin.post("/admin/tokens", json={"name": "Ana", "role": "staff"})
    problem = await answer.json()
    assert (answer.status, problem["parameter"]) == (400, "name")
    assert problem["detail"].startswith("name: takes small letters, digits, ")


async def test_a_templates_variable_is_called_by_the_readers_word(admin) -> None:
    page = await _page(admin, f"/templates?instance={INSTANCE}&name=reminder", "es")
    assert "<span>Servicio</span>" in page
    assert "{Nombre}" in page
    missing = await _page(admin, f"/templates?instance={INSTANCE}&name=reminder", "es", **{"v.name": "Ana"})
    assert "Falta completar: Servicio." in missing


@pytest.mark.parametrize(("lang", "well"), [("pt", "Tudo funciona"), ("es", "Todo funciona"), ("en", "All is well")])
async def test_the_overview_says_that_nobody_answers_before_anything_waits(admin, client, lang: str, well: str) -> None:
    await client.config_set("save", "3600 1")
    for service in ("responder", "sender"):
        await client.set(keys.live(service, "r1"), "1")
    assert well in await _page(admin, "/", lang)
    await client.delete(keys.live("responder", "r1"))

    async def told() -> bool:
        page = await _page(admin, "/", lang)
        return well not in page and Words(lang)("reason.none_alive", service=Words(lang)("service.responder")) in page

    await until(told)
    await client.srem(keys.INSTANCES, INSTANCE)  # nor is it hidden where there is no number yet
    assert await told()
    await client.config_set("save", "")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("pt", "o arquivo de uma clínica tem um erro"), ("es", "el archivo de una clínica tiene un error"),
     ("en", "a clinic&#39;s file is broken")],
)  # fmt: skip
async def test_the_overview_tells_of_a_broken_clinic_file(
    new_admin, redis_url, streams, tmp_path, lang: str, said: str
) -> None:
    (tmp_path / "demo.yaml").write_text("name: [")
    page = await _page(await new_admin(redis_url, clinics_dir=str(tmp_path)), "/", lang)
    assert said in page
    assert "demo.yaml:1" in page
