"""What can be done about dead letters? Look, put back to work (as they are, or edited), throw away; one or many."""

from collections.abc import Sequence

import msgspec

from admin.access.principal import Role
from admin.deadletters.choosing import Choice, Choosing
from admin.deadletters.letters import DeadLetter, DeadLetterInFull, Letter, Letters
from admin.deadletters.replaying import Edit, Replayer, check_open, check_replayable
from admin.deadletters.shapes import (
    Chosen,
    DeadLettersAsked,
    DiscardAsked,
    ManyAsked,
    ManyDone,
    NotDone,
    OneDeadLetter,
    ReplayBody,
    Replayed,
)
from admin.http.endpoint import Asked, Endpoint
from admin.http.pages import Page
from admin.http.problems import Problem
from admin.instances import Instances
from admin.library import Library
from admin.messages.addressing import Addressing
from admin.messages.keeping import Keeping
from admin.steering.asking import confirmed
from admin.steering.telling import Telling
from shared.events import SendRequested, encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import views_hint


class DeadLetters:
    """The dead letters of an instance."""

    def __init__(self, platform: Platform, instances: Instances, library: Library) -> None:
        self._instances, self._letters, self._replayer = instances, Letters(platform.redis), Replayer(platform)
        self._scripts, self._log_maxlen = platform.scripts, platform.streams.log_maxlen
        self._addressing = Addressing(platform.redis, library)
        self._choosing, self._telling = Choosing(platform.redis), Telling(platform.clock)
        self._keeping = Keeping(platform)
        all_, operator = "/admin/dead-letters", Role.OPERATOR
        self.endpoints = [
            Endpoint("GET", all_, Role.VIEWER, self.list, "dead letters"),
            Endpoint("POST", f"{all_}/replay", operator, self.replay_many, "dead letters"),
            Endpoint("POST", f"{all_}/discard", operator, self.discard_many, "dead letters"),
            Endpoint("GET", f"{all_}/{{id}}", Role.VIEWER, self.read, "dead letters"),
            Endpoint("POST", f"{all_}/{{id}}/replay", operator, self.replay, "dead letters"),
            Endpoint("DELETE", f"{all_}/{{id}}", operator, self.discard, "dead letters"),
        ]

    async def list(self, asked: Asked[DeadLettersAsked, None]) -> Page[DeadLetter]:
        """The dead letters, the newest first."""
        q = asked.query
        return await self._letters.page(await self._instances.require(q.instance), q.reason, q.cursor, q.limit)

    async def read(self, asked: Asked[OneDeadLetter, None]) -> DeadLetterInFull:
        """One of them, with every try and the whole event."""
        return (await self._one(asked.query)).in_full

    async def replay(self, asked: Asked[OneDeadLetter, ReplayBody]) -> Replayed:
        """Put one to work again, as it is or edited. 409 when the log shows that it was sent in the meantime."""
        letter = await self._one(asked.query)
        seen = await self._replayer.look([letter])
        edit = await self._addressed(letter.instance, asked.body.edit)
        sent = await self._replayer.replay(letter, asked.who.name, edit, resend=asked.body.resend, seen=seen)
        return Replayed(id=letter.id, send_id=sent)

    async def _addressed(self, instance: str, edit: Edit | None) -> Edit | None:
        """The edit with its number as the recipient that it is. Raises Problem 400."""
        if edit is None or edit.to is None:
            return edit
        reading = await self._addressing.reading(instance, [edit.to])
        return msgspec.structs.replace(edit, to=reading.recipient(edit.to, "edit.to"))

    async def discard(self, asked: Asked[DiscardAsked, None]) -> ManyDone:
        """Throw one away. What happened to it stays in the log."""
        letter = await self._one(asked.query)
        if not await self._discarded(asked.query.instance, asked.who.name, [letter], asked.query.why):
            raise Problem(404, f"dead letter {letter.id} was replayed or discarded meanwhile", parameter="id")
        return ManyDone(dry_run=False, touched=1, left=[])

    async def replay_many(self, asked: Asked[ManyAsked, Chosen]) -> ManyDone:
        """Put many to work again. What was sent in the meantime, or cannot be replayed, is left, with why."""
        choice, dry_run = await self._chosen(asked), asked.query.dry_run
        seen, done = await self._replayer.look(choice.letters), 0
        for letter in reversed(choice.letters):  # the oldest first: a chat's messages keep their order
            try:
                if dry_run:
                    check_replayable(letter)
                    check_open(letter, seen)
                else:
                    await self._replayer.replay(letter, asked.who.name, None, resend=False, seen=seen)
                done += 1
            except Problem as problem:
                choice.left.append(NotDone(id=letter.id, why=problem.detail))
        return ManyDone(dry_run=dry_run, touched=done, left=choice.left, more=choice.more)

    async def discard_many(self, asked: Asked[ManyAsked, Chosen]) -> ManyDone:
        """Throw many away."""
        choice, dry_run = await self._chosen(asked), asked.query.dry_run
        touched = len(choice.letters)
        if not dry_run:
            touched = await self._discarded(asked.query.instance, asked.who.name, choice.letters, asked.body.why)
        return ManyDone(dry_run=dry_run, touched=touched, left=choice.left, more=choice.more)

    async def _one(self, query: OneDeadLetter) -> Letter:
        return await self._letters.one(await self._instances.require(query.instance), query.id)

    async def _chosen(self, asked: Asked[ManyAsked, Chosen]) -> Choice:
        instance = await self._instances.require(asked.query.instance)
        if not asked.query.dry_run:
            confirmed(asked.query.confirm, instance)
        return await self._choosing.choose(instance, asked.body)

    async def _discarded(self, instance: str, who: str, letters: Sequence[Letter], why: str) -> int:
        if not letters:
            return 0
        reasons = "; ".join(sorted({letter.reason for letter in letters}))[:500]
        fact = self._telling.acted(who, "dead_letter.discard", instance, reason=why, reasons=reasons)
        names = [keys.dead_letters(instance), keys.events(instance)]
        args: list[str | bytes | int] = [self._log_maxlen, encode(fact), *(letter.id for letter in letters)]
        touched = int(await self._scripts.run("discard", names, args, then=[views_hint(instance)]))
        for letter in letters if touched == len(letters) else ():  # else some of them were replayed meanwhile
            if isinstance(letter.event, SendRequested):
                await self._keeping.let_go(letter.event)
        return touched
