"""Views that hold what a test puts in, with believable data to begin with."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from admin.http.pages import Page, cursor_of, parts_of
from admin.views.model import Connection, Conversation, Day, Lag, Message, Status, Step, Story


class MemoryViews:
    """`Views`, in memory."""

    def __init__(self) -> None:
        self.chats: dict[tuple[str, str], Conversation] = {}
        self.said: dict[tuple[str, str], list[Message]] = {}
        self.stories: dict[str, Story] = {}
        self.figures: list[Day] = []
        self.changed = asyncio.Event()

    def put(self, chat: Conversation, *messages: Message) -> None:
        self.chats[chat.instance, chat.chat] = chat
        self.said.setdefault((chat.instance, chat.chat), []).extend(messages)

    def tell(self) -> None:
        """Let those who follow know."""
        self.changed.set()

    async def conversations(
        self, instance: str, *, status: Status | None = None, find: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Conversation]:
        found = [one for one in self.chats.values() if one.instance == instance and status in (None, one.status)]
        found = [one for one in found if find.lower() in f"{one.name} {one.chat} {one.last_text}".lower()]
        return _page(sorted(found, key=lambda one: -one.last_at), cursor, limit)

    async def conversation(self, instance: str, chat: str) -> Conversation | None:
        return self.chats.get((instance, chat))

    async def messages(self, instance: str, chat: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        return _page(sorted(self.said.get((instance, chat), []), key=lambda one: -one.at), cursor, limit)

    async def message(self, instance: str, id_: str) -> Message | None:
        return next((m for (where, _), all_ in self.said.items() for m in all_ if where == instance and m.id == id_), None)

    async def story(self, instance: str, id_: str) -> Story | None:
        return self.stories.get(id_)

    async def scheduled(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        found = [m for (where, _), all_ in self.said.items() for m in all_ if where == instance]
        return _page(sorted((m for m in found if m.progress == "scheduled"), key=lambda m: m.due_at or 0), cursor, limit)

    async def days(self, instance: str, since: str, until: str) -> Sequence[Day]:
        return [day for day in self.figures if day.instance == instance and since <= day.day <= until]

    async def counts(self, instance: str) -> dict[Status, int]:
        counts: dict[Status, int] = {"bot": 0, "wanted": 0, "taken": 0, "paused": 0}
        for one in self.chats.values():
            counts[one.status] += one.instance == instance
        return counts

    async def connection(self, instance: str) -> Connection:
        return Connection(instance=instance, state="open", since=1_795_400_000_000)

    async def lag(self, instance: str) -> Lag:
        return Lag(instance=instance, version=1, position="0-0", behind=0)

    async def changes(self, instance: str) -> AsyncIterator[str]:
        while True:
            await self.changed.wait()
            self.changed.clear()
            yield "somebody"


def _page(found: list, cursor: str, limit: int) -> Page:
    begin = int(parts_of(cursor, 1)[0]) if cursor else 0
    end = begin + limit
    return Page(items=found[begin:end], next=cursor_of(end) if end < len(found) else None)


NOW = 1_795_500_000_000
MIN = 60_000


def _message(id_: str, minutes: float, author: str, text: str, progress: str, **more) -> Message:
    at = NOW - round(minutes * MIN)
    return Message(id=id_, story=more.pop("story", id_), at=at, author=author, kind=more.pop("kind", "text"),
                   text=text, progress=progress, **more)  # fmt: skip


def believable() -> MemoryViews:
    """A clinic's morning."""
    views = MemoryViews()
    views.put(
        Conversation(instance="demo", chat="5511988887777", name="Maria Silva", last_text="obrigada!", last_at=NOW - 3 * MIN,
                     vip=True, language="pt", notes="Prefere a Dra. Helena.", messages=6),
        _message("m1", 1500, "patient", "Oi, bom dia!", "answered"),
        _message("m2", 1499.8, "bot", "Olá! Aqui é a recepção da Clínica Boa Esquina. Como posso ajudar?", "read", story="m1"),
        _message("m3", 9, "patient", "Quanto custa uma limpeza?", "answered", edited=True),
        _message("m4", 8.9, "bot", "A limpeza dental custa R$ 180,00 e leva 40 minutos.\n\nQuer que eu peça um horário?", "delivered", story="m3"),
        _message("m5", 5, "patient", "Vocês vendem passagem para a lua? <script>alert('oi')</script>", "answered"),
        _message("m6", 4.9, "bot", "Isso eu não sei responder. Quer que alguém da equipe responda?", "accepted", story="m5"),
        _message("m7", 4, "staff", "Maria, aqui é a Ana. Para a lua ainda não 🙂", "failed", by="Ana", reason="number not on WhatsApp"),
        _message("m8", 3, "patient", "obrigada!", "suppressed", reason="thanks"),
        _message("m9", 2, "clinic", "Lembrete: sua consulta é amanhã às 9h.", "scheduled", due_at=NOW + 900 * MIN),
    )  # fmt: skip
    views.stories["m3"] = Story(id="m3", instance="demo", chat="5511988887777", sources=["demo.yaml#services[8].price", "dental.md#limpeza"], steps=[
        Step(at=NOW - 540_000, type="message.received.v1", id="m3", said="Maria wrote"),
        Step(at=NOW - 539_200, type="reply.drafted.v1", id="r", said="An answer", fields={"decision": "price", "answered_by": "embedded", "tokens": "0"}),
        Step(at=NOW - 539_190, type="send.requested.v1", id="m4", said="Queued"),
        Step(at=NOW - 539_000, type="send.attempted.v1", id="a", said="Tried", fields={"attempt": "1"}),
        Step(at=NOW - 538_600, type="send.accepted.v1", id="b", said="Accepted", fields={"proof": "answer"}),
        Step(at=NOW - 537_000, type="send.delivered.v1", id="c", said="Delivered"),
    ])  # fmt: skip
    views.stories["m4"] = views.stories["m3"]
    views.put(
        Conversation(instance="demo", chat="5491155556666", name="Lucía Pérez", last_text="Quiero hablar con una persona", last_at=NOW - 1 * MIN,
                     status="wanted", wanted_why="accepted", wanted_at=NOW - MIN, language="es", waiting_since=NOW - MIN, messages=2),
        _message("l1", 12, "patient", "¿Abren los sábados?", "answered"),
        _message("l2", 11.9, "bot", "Sí, los sábados de 8 a 12.", "read", story="l1"),
        _message("l3", 1, "patient", "Quiero hablar con una persona", "answered"),
    )  # fmt: skip
    views.put(
        Conversation(instance="demo", chat="14155550123", name="John Miller", last_text="My chest hurts and I cannot breathe", last_at=NOW - 2 * MIN,
                     status="wanted", urgent=True, wanted_why="emergency", wanted_at=NOW - 2 * MIN, language="en", messages=1),
        _message("j1", 2, "patient", "My chest hurts and I cannot breathe", "answered"),
    )  # fmt: skip
    views.put(
        Conversation(instance="demo", chat="5511977776666", name="João Pedro de Alcântara Francisco Antônio", last_text="[document]", last_at=NOW - 50 * MIN,
                     status="taken", taken_by="Ana", language="pt", messages=2),
        _message("p1", 51, "patient", "", "answered", kind="document"),
        _message("p2", 50, "staff", "Recebi, obrigada.", "read", by="Ana"),
    )  # fmt: skip
    views.put(
        Conversation(instance="demo", chat="123456789012345@lid", name="", last_text="👍", last_at=NOW - 3000 * MIN, status="paused", paused_until=NOW + 90 * MIN, messages=1),
        _message("x1", 3000, "patient", "👍", "suppressed", kind="reaction"),
    )  # fmt: skip
    for n in range(24):
        views.put(
            Conversation(instance="demo", chat=f"55119000000{n:02}", name=f"Paciente {n}", last_text="Qual é o horário de vocês?", last_at=NOW - (60 + 37 * n) * MIN, language="pt", messages=1),
            _message(f"n{n}", 60 + 37 * n, "patient", "Qual é o horário de vocês?", "answered"),
        )  # fmt: skip
    return views
