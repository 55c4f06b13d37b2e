"""Does the responder answer from what staff uploaded?"""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis.asyncio as aioredis

from responder.library import Library
from responder.uploads import Uploads
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.scripts import Scripts
from tests.integration.test_quiet_published import a_clinic
from tests.support.replica import Streams
from tests.support.servers import RedisServer

GARDEN = "# Jardim\n\nO jardim sensorial fica no terraço.\n".encode()


async def upload(client: aioredis.Redis, name: str, data: bytes | None) -> None:
    texts = keys.clinic_texts("demo")
    await (client.hset(texts, name, data) if data is not None else client.hdel(texts, name))
    await client.incr(keys.CLINICS_VERSION)


@pytest.fixture
def library(streams: Streams, tmp_path: Path) -> Library:
    clinics = a_clinic(tmp_path / "c", quiet="", instances="wa1")
    return Library(clinics, Uploads(streams.scripts))


def found(library: Library, question: str) -> list[str]:
    return [hit.text for hit in library.for_instance("wa1")[1].search(question, "pt") if hit.coverage > 0.5]


async def test_an_uploaded_text_is_found_and_a_removed_one_no_more(library: Library, client: aioredis.Redis) -> None:
    assert found(library, "jardim sensorial") == []
    await upload(client, "garden.md", GARDEN)
    await library.look()
    assert found(library, "jardim sensorial") == ["O jardim sensorial fica no terraço."]
    await upload(client, "garden.md", None)
    await library.look()
    assert found(library, "jardim sensorial") == []


async def test_an_upload_goes_before_the_file_of_its_name(library: Library, client: aioredis.Redis) -> None:
    await upload(client, "parking.md", "# Estacionamento\n\nAgora há manobrista.\n".encode())
    await library.look()
    assert found(library, "estacionamento") == ["Agora há manobrista."]


async def test_a_broken_upload_is_left_out_and_the_others_answer(library: Library, client: aioredis.Redis) -> None:
    await upload(client, "broken.md", b"\xff\xfe")
    await upload(client, "garden.md", GARDEN)
    await library.look()
    assert found(library, "jardim sensorial")


async def test_nothing_changed_is_the_same_clinic_and_knowledge(library: Library, client: aioredis.Redis) -> None:
    await upload(client, "garden.md", GARDEN)
    await library.look()
    before = library.for_instance("wa1")
    await library.look()
    assert library.for_instance("wa1") == before


async def test_while_redis_is_away_the_texts_stay(redis_server: Callable[..., RedisServer], tmp_path: Path) -> None:
    server = redis_server()
    writer = connect(server.url)
    library = Library(a_clinic(tmp_path / "c", quiet="", instances="wa1"), Uploads(Scripts(writer)))
    async with aioredis.Redis.from_url(server.url) as client:
        await upload(client, "garden.md", GARDEN)
    await library.look()
    server.kill()
    await library.look()
    assert found(library, "jardim sensorial")
    await writer.aclose()
