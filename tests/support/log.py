"""What does a log look like? Whole stories, as the services write them, at any size."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from shared import ids
from shared.clock import ManualClock
from shared.events import (
    AnyEvent,
    ConnectionChanged,
    HandoffRequested,
    MessageReceived,
    ReceiptRecorded,
    ReplyDrafted,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendDelivered,
    SendEchoed,
    SendFailed,
    SendOutcomeUnknown,
    SendRead,
    SendRequested,
    Text,
    encode,
    following,
    text_digest,
)
from shared.streams import keys
from shared.streams.roster import views_hint

NAMES = ("Ana Souza", "João Lima", "María Gómez", "Bruno Alves", "Célia Prado", "Pedro Sá", "Lúcia Reis", "Mark Hill")
QUESTIONS = (
    "Quanto custa uma limpeza?",
    "Vocês abrem no sábado?",
    "Tenho dor de dente",
    "oi",
    "¿Atienden hoy?",
    "Obrigada!",
)
ANSWERS = (
    "A limpeza custa R$ 180 e dura 40 minutos.",
    "Sim: no sábado abrimos das 8h às 12h.",
    "Olá! Como posso ajudar?",
)


class Stories:
    """Makes what happens from one patient's message to the reading of its answer."""

    def __init__(self, instance: str = "wa1", seed: int = 1, clock: ManualClock | None = None) -> None:
        self.instance = instance
        self.clock = clock or ManualClock()
        self._draw = random.Random(seed)
        self._seed = seed
        self._count = 0

    def one(self, chat: str = "") -> list[AnyEvent]:
        """About ten facts."""
        draw, now, self._count = self._draw, self.clock.now_ms(), self._count + 1
        chat = chat or f"55119{draw.randrange(10**8):08d}"
        serial = f"{self._seed:08X}{self._count:08X}"  # of no other teller's message
        message_id = f"3EB0{serial}"
        received = MessageReceived(
            id=ids.new(self.clock), instance=self.instance, chat=chat, occurred_at=now - now % 1000, recorded_at=now,
            message_id=message_id, author="patient", kind="text", text=draw.choice(QUESTIONS),
            sender_name=draw.choice(NAMES), reply_to=f"{chat}@s.whatsapp.net",
        )  # fmt: skip
        answer, by = draw.choice(ANSWERS), draw.choice(("embedded", "embedded", "gpt-5-mini"))
        drafted = following(
            ReplyDrafted, received, "reply", self._later(900), answers=(received.id,), text=answer, language="pt",
            decision="price", sources=("demo.yaml:services.limpeza",), answered_by=by,
            tokens=0 if by == "embedded" else 850, cost_usd=0.0 if by == "embedded" else 0.0007,
        )  # fmt: skip
        send = following(
            SendRequested, received, "send", self.clock.now_ms(), to=received.reply_to, content=Text(text=answer),
            send_class="reply", asked_at=now,
        )  # fmt: skip
        facts: list[AnyEvent] = [received, drafted, send]
        if draw.random() < 0.05:
            facts.append(following(HandoffRequested, received, "handoff", self.clock.now_ms(), why="person"))
        return facts + self._sent(send, f"BAE5{serial}")

    def _sent(self, send: SendRequested, message_id: str) -> list[AnyEvent]:
        draw = self._draw
        facts: list[AnyEvent] = [self._tried(send, 1)]
        fate = draw.random()
        if fate < 0.03:
            failed = following(
                SendFailed, send, "failed/1", self._later(300), send_id=send.id, attempt=1, category="transient",
                reason="Timed Out", final=False,
            )  # fmt: skip
            facts += [failed, self._tried(send, 2)]
        if fate < 0.01:
            unknown = following(
                SendOutcomeUnknown, send, "unknown/2", self._later(900), send_id=send.id, attempt=2, reason="timeout"
            )
            dead = following(
                SendDeadLettered, send, "dead", self._later(15_000), send_id=send.id, reason="not proven", attempts=2
            )
            return [*facts, unknown, dead]
        words = send.content.text if isinstance(send.content, Text) else ""
        facts.append(self._told(SendEchoed, send.chat, message_id=message_id, content_digest=text_digest(words)))
        facts.append(
            following(
                SendAccepted, send, "accepted", self._later(120), send_id=send.id, attempt=1, message_id=message_id
            )
        )
        for status, kind in (("delivery_ack", SendDelivered), ("read", SendRead)):
            if draw.random() < 0.9:
                facts.append(self._told(ReceiptRecorded, send.chat, message_id=message_id, status=status))
                facts.append(following(kind, send, status, self._later(400), send_id=send.id, message_id=message_id))
        return facts

    def _tried(self, send: SendRequested, attempt: int) -> AnyEvent:
        return following(SendAttempted, send, f"attempted/{attempt}", self._later(50), send_id=send.id, attempt=attempt)

    def _told(self, kind: type[Any], chat: str, **about: Any) -> AnyEvent:
        now = self._later(30)
        event: AnyEvent = kind(
            id=ids.new(self.clock), instance=self.instance, chat=chat, occurred_at=now, recorded_at=now, **about
        )
        return event

    def _later(self, ms: int) -> int:
        self.clock.advance(self._draw.random() * ms / 1000)
        return self.clock.now_ms()

    def connection(self, state: str) -> AnyEvent:
        return self._told(ConnectionChanged, "", state=state)

    def many(self, facts: int, chats: Sequence[str], *, everyone: bool = False) -> Iterator[AnyEvent]:
        """At least so many facts, of stories that overlap as they do when many patients write.

        `everyone` writes once before anybody writes again.
        """
        open_: list[list[AnyEvent]] = []
        to_come = [*chats] if everyone else []
        made = 0
        while made < facts or open_:
            if made < facts and len(open_) < 40:
                open_.append(self.one(to_come.pop() if to_come else self._draw.choice(chats))[::-1])
                made += len(open_[-1])
                continue
            at = self._draw.randrange(len(open_))
            yield open_[at].pop()
            if not open_[at]:
                open_.pop(at)


async def write(client: Any, instance: str, facts: Sequence[AnyEvent]) -> None:
    """Append facts to a log, make the instance known, and wake the projectors as the services do."""
    pipe = client.pipeline(transaction=False)
    for fact in facts:
        pipe.xadd(keys.events(instance), {"e": encode(fact)})
    pipe.sadd(keys.INSTANCES, instance)
    pipe.execute_command(*views_hint(instance))
    await pipe.execute()
