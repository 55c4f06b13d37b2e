"""What does a clinic's morning look like? Facts and work in Redis, as the services write them."""

from collections.abc import Sequence
from typing import Any

import redis.asyncio as aioredis

from shared import ids
from shared.clock import ManualClock
from shared.events import (
    AnyEvent,
    ConnectionChanged,
    ContactChanged,
    Event,
    HandoffRequested,
    HandoffTaken,
    MessageEdited,
    MessageReceived,
    ReplyDrafted,
    ReplySuppressed,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendDelivered,
    SendFailed,
    SendRead,
    SendRequested,
    Text,
    encode,
    following,
)
from shared.streams import keys
from shared.streams.progress import Progress, dump

INSTANCE = "demo"
MARIA, LUCIA, JOHN, JOAO, EVE = "5511988887777", "5491155556666", "14155550123", "5511977776666", "5511966665555"
HOSTILE = "<img src=x onerror=alert(1)><script>alert('oi')</script>"
MINUTE = 60.0


class Morning:
    """Writes what happened up to now, story by story."""

    def __init__(self, client: aioredis.Redis, now_ms: int, instance: str = INSTANCE) -> None:
        self._client, self._instance, self._end = client, instance, now_ms
        self._clock = ManualClock(now_ms)
        self._count = 0

    def ago(self, minutes: float) -> "Morning":
        """Go on so many minutes before now."""
        self._clock.advance((self._end - self._clock.now_ms()) / 1000 - minutes * MINUTE)
        return self

    def later(self, seconds: float) -> int:
        self._clock.advance(seconds)
        return self._clock.now_ms()

    def fact(self, type_: type[Any], chat: str = "", **about: Any) -> Any:
        now = self._clock.now_ms()
        return type_(
            id=ids.new(self._clock), instance=self._instance, chat=chat, occurred_at=now, recorded_at=now, **about
        )

    def wrote(self, chat: str, name: str, text: str, **about: Any) -> MessageReceived:
        """A patient wrote."""
        self._count += 1
        kind = about.pop("kind", "text")
        received: MessageReceived = self.fact(
            MessageReceived, chat, message_id=f"3EB0{self._count:012X}", author="patient", kind=kind, text=text,
            sender_name=name, reply_to=f"{chat}@s.whatsapp.net", **about,
        )  # fmt: skip
        return received

    def requested(self, cause: Event, text: str, send_class: str = "reply", **about: Any) -> SendRequested:
        return following(
            SendRequested, cause, f"send/{text[:20]}", self.later(0.01), to=cause.chat, content=Text(text=text),
            send_class=send_class, asked_at=cause.recorded_at, **about,
        )  # fmt: skip

    def answered(self, cause: Event, text: str, decision: str = "price", sources: Sequence[str] = ()) -> list[AnyEvent]:
        """The bot thought of an answer, and asked for it to be sent."""
        drafted = following(
            ReplyDrafted, cause, "draft", self.later(0.4), answers=(cause.id,), text=text, language="pt",
            decision=decision, sources=tuple(sources),
        )  # fmt: skip
        return [drafted, self.requested(cause, text)]

    def sent(self, send: SendRequested, far: str = "read") -> list[AnyEvent]:
        """It went out, and came so `far`."""
        self._count += 1
        id_ = f"BAE5{self._count:012X}"
        facts: list[AnyEvent] = [
            following(SendAttempted, send, "try", self.later(0.2), send_id=send.id, attempt=1),
            following(SendAccepted, send, "ok", self.later(0.3), send_id=send.id, attempt=1, message_id=id_),
        ]
        for kind in (SendDelivered, SendRead)[: {"accepted": 0, "delivered": 1, "read": 2}[far]]:
            facts.append(following(kind, send, kind.__name__, self.later(1.2), send_id=send.id, message_id=id_))
        return facts

    async def write(self, *facts: AnyEvent) -> None:
        """Into the log."""
        pipe = self._client.pipeline(transaction=False)
        pipe.sadd(keys.INSTANCES, self._instance)
        for fact in facts:
            pipe.xadd(keys.events(self._instance), {"e": encode(fact)})
            if fact.chat:
                pipe.sadd(keys.contacts(self._instance), fact.chat)
        pipe.xadd(keys.wake("views"), {"i": self._instance})
        await pipe.execute()

    async def talk(self, chat: str, name: str, question: str, answer: str, far: str = "read", **about: Any) -> None:
        """A question and its answer."""
        asked = self.wrote(chat, name, question)
        drafted = self.answered(asked, answer, **about)
        await self.write(asked, *drafted, *self.sent(drafted[-1], far))

    async def dead(self, chat: str, text: str, reason: str) -> None:
        """A reminder that was tried, and set aside."""
        asked = self.fact(SendRequested, chat, to=chat, content=Text(text=text), send_class="reminder", by="ana")
        failed = following(
            SendFailed, asked, "failed", self.later(1), send_id=asked.id, attempt=1, category="permanent",
            reason=reason, final=True,
        )  # fmt: skip
        set_aside = following(
            SendDeadLettered, asked, "dead", self.later(1), send_id=asked.id, reason=reason, attempts=1
        )
        await self.write(asked, failed, set_aside)
        tried = Progress().begun(at=failed.recorded_at, by="sender-1").ended("permanent", reason)
        entry = {
            "reason": reason, "stream": keys.outbound(self._instance), "entry": "1-0", "e": encode(asked),
            "progress": dump(tried),
        }  # fmt: skip
        await self._client.xadd(keys.dead_letters(self._instance), entry)  # type: ignore[arg-type]

    async def whole(self) -> None:
        """All of it."""
        await self.ago(1600).write(self.fact(ConnectionChanged, state="open"))
        for n in range(30):
            patient = f"55119000000{n:02}"
            await self.ago(1500 - 40 * n).talk(
                patient, f"Paciente {n}", "Qual é o horário?", "De segunda a sexta, das 8h às 19h."
            )
        await self.ago(60).dead(JOAO, "Sua consulta é amanhã às 9h.", "the number is not on WhatsApp")
        await self.ago(58).dead(EVE, "Seu resultado está pronto.", "400 unsupported image format")
        await self._joao()
        await self._maria()
        await self._john()
        await self._lucia()

    async def _joao(self) -> None:
        asked = self.ago(50).wrote(JOAO, "João Pedro de Alcântara Francisco Antônio", "", kind="document")
        wanted = following(HandoffRequested, asked, "want", self.later(0.3), why="media")
        taken = self.fact(HandoffTaken, JOAO, by="ana")
        reply = self.requested(asked, "Recebi, obrigada.", "staff", by="ana")
        await self.write(asked, wanted, taken, reply, *self.sent(reply))

    async def _maria(self) -> None:
        await self.ago(1490).talk(MARIA, "Maria Silva", "Oi, bom dia!", "Olá! Como posso ajudar?", decision="greeting")
        asked = self.ago(9).wrote(MARIA, "Maria Silva", "Quanto custa uma limpeza?")
        edited = self.fact(
            MessageEdited, MARIA, message_id=asked.message_id, author="patient", text="Quanto custa a limpeza?"
        )
        drafted = self.answered(
            asked, "A limpeza dental custa R$ 180,00 e leva 40 minutos.\n\nQuer que eu peça um horário?",
            sources=("demo.yaml#services[8].price", "dental.md#limpeza"),
        )  # fmt: skip
        await self.write(asked, edited, *drafted, *self.sent(drafted[-1], "delivered"))
        await self.ago(5).talk(
            MARIA, "Maria Silva", f"Vocês vendem passagem para a lua? {HOSTILE}",
            "Isso eu não sei responder. Quer que alguém da equipe responda?", "accepted", decision="unknown",
        )  # fmt: skip
        staff = self.ago(4).requested(self.fact(MessageReceived, MARIA, message_id="X", author="patient", kind="text"),
                                      "Maria, aqui é a Ana. Para a lua ainda não 🙂", "staff", by="ana")  # fmt: skip
        failed = following(SendFailed, staff, "no", self.later(1), send_id=staff.id, attempt=1, category="permanent",
                           reason="the number is not on WhatsApp", final=True)  # fmt: skip
        thanks = self.ago(3).wrote(MARIA, "Maria Silva", "obrigada!")
        quiet = following(ReplySuppressed, thanks, "quiet", self.later(0.1), answers=(thanks.id,), why="thanks")
        noted = self.fact(ContactChanged, MARIA, by="ana", notes="Prefere a Dra. Helena.", vip=True)
        await self.write(staff, failed, thanks, quiet, noted)
        contact = keys.contact(self._instance, MARIA)
        await self._client.hset(contact, mapping={"vip": "1", "notes": "Prefere a Dra. Helena.", "revision": "1"})

    async def _john(self) -> None:
        asked = self.ago(2).wrote(JOHN, "John Miller", "My chest hurts and I cannot breathe")
        wanted = following(HandoffRequested, asked, "want", self.later(0.2), why="emergency", urgent=True)
        await self.write(asked, wanted)

    async def _lucia(self) -> None:
        await self.ago(12).talk(
            LUCIA, "Lucía Pérez", "¿Abren los sábados?", "Sí, los sábados de 8 a 12.", decision="hours"
        )
        asked = self.ago(1).wrote(LUCIA, "Lucía Pérez", "Quiero hablar con una persona")
        await self.write(asked, following(HandoffRequested, asked, "want", self.later(0.2), why="asked"))
