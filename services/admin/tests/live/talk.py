"""Who wrote, and what did the API say? Shared by the tests of the rooms."""

from typing import Any

import redis.asyncio as aioredis

from admin.views.store import Store
from shared import ids
from shared.clock import SYSTEM
from shared.events import AnyEvent, MessageReceived, decode, encode
from shared.streams import keys
from shared.streams.roster import views_hint
from shared.streams.scripts import Scripts
from tests.support.replica import INSTANCE
from tests.support.waiting import until

CHAT = "5511988887777"
OTHER = "5511977776666"


def wrote(text: str = "que horas abre?", chat: str = CHAT, instance: str = INSTANCE, **about: Any) -> MessageReceived:
    id_ = ids.new()
    return MessageReceived(
        id=id_, instance=instance, chat=chat, occurred_at=ids.time_ms(id_), recorded_at=ids.time_ms(id_),
        message_id=f"M{id_[-8:]}", author="patient", kind="text", text=text, **about,
    )  # fmt: skip


async def patient(client: aioredis.Redis, *texts: str, chat: str = CHAT, instance: str = INSTANCE) -> None:
    """Somebody wrote to the clinic, as ingest records it."""
    await client.sadd(keys.contacts(instance), chat)
    await client.sadd(keys.INSTANCES, instance)
    for text in texts or ("que horas abre?",):
        await client.xadd(keys.events(instance), {"e": encode(wrote(text, chat, instance))})
    await client.execute_command(*views_hint(instance))


async def folded(client: aioredis.Redis, instance: str = INSTANCE) -> None:
    """Wait until the views hold what the log does."""
    store = Store(Scripts(client), SYSTEM)

    async def caught_up() -> bool:
        lag = await store.lag(instance)
        return lag.version > 0 and lag.behind == 0

    await until(caught_up)


async def facts(client: aioredis.Redis, kind: type | None = None, instance: str = INSTANCE) -> list[AnyEvent]:
    found = [decode(fields[b"e"]) for _, fields in await client.xrange(keys.events(instance))]
    return [fact for fact in found if kind is None or isinstance(fact, kind)]


class Talk:
    """The API with one instance named in every question."""

    def __init__(self, admin: Any, instance: str = INSTANCE) -> None:
        self._admin = admin
        self._instance = instance

    async def ask(
        self, method: str, path: str, body: Any = None, status: int = 200, headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Any:  # fmt: skip
        """The JSON of the answer, which has to have this status."""
        answer = await self._asked(method, path, body, headers, query)
        told = await answer.text()
        assert answer.status == status, told
        if status >= 400:
            assert answer.content_type == "application/problem+json"
        return (await answer.json(content_type=None)) if told else None

    async def headers(self, method: str, path: str, **query: Any) -> Any:
        return (await self._asked(method, path, None, None, query)).headers

    async def _asked(self, method: str, path: str, body: Any, headers: dict[str, str] | None, query: Any) -> Any:
        given = {"instance": self._instance, **query}
        return await self._admin.request(
            method, f"/admin{path}", json=body, headers=headers,
            params={name: str(value).lower() if isinstance(value, bool) else value
                    for name, value in given.items() if value is not None},
        )  # fmt: skip

    async def refused(self, status: int, parameter: str, method: str, path: str, body: Any = None, **query: Any) -> str:
        """The problem's sentence; it has to blame `parameter`."""
        problem = await self.ask(method, path, body, status, **query)
        assert problem.get("parameter", "") == parameter, problem
        return str(problem["detail"])


_ALIVE = (b"wa:wake:", b"wa:{wa1}:view", b"wa:{wa1}:lease", b"wa:{wa1}:fence", b"wa:live")


async def everything(client: aioredis.Redis) -> dict[bytes, Any]:
    """Every key with its value, to see that nothing changed; the views follow by themselves, and wake-ups are hints."""
    return {key: await client.dump(key) async for key in client.scan_iter() if not key.startswith(_ALIVE)}
