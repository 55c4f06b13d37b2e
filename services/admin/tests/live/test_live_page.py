"""Does an open page stay cheap, however many instances there are?"""

import asyncio

from admin.page import live
from shared.streams import keys
from tests.support.waiting import holds, until

from .talk import Talk


async def test_a_page_of_all_instances_follows_only_so_many(talk: Talk, client, monkeypatch) -> None:
    """Each is looked at four times a second; ten thousand would be all that Redis does."""
    monkeypatch.setattr(live, "MOST_FOLLOWED", 3, raising=False)
    await client.sadd(keys.INSTANCES, *(f"n{n}" for n in range(9)))
    answer = await talk._admin.get("/live")
    assert (await answer.content.readline()).startswith(b"retry")
    await until(_followed)
    await holds(lambda: _followed() <= 3, seconds=0.5)
    answer.close()


def _followed() -> int:
    return sum(task.get_name().startswith("changes ") for task in asyncio.all_tasks())
