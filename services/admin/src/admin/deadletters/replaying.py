"""How does a dead letter get back to work? In one step that also tells who did it, or not at all."""

from dataclasses import dataclass

import msgspec

from admin.deadletters.letters import Letter
from admin.deadletters.meanwhile import Meanwhile, meanwhile
from admin.http.problems import Problem
from admin.steering.telling import Telling
from shared import ids
from shared.events import Content, Event, Media, SendReplayed, SendRequested, Text, encode, following
from shared.service import Platform
from shared.streams import keys
from shared.streams.progress import Progress, dump
from shared.streams.roster import wake_ups

NEW_LIFE_MS = 86_400_000  # what was replayed may be sent for a day: as long as staff's own messages live by default
LOOKS = 5


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change before it is sent; a field that is left out stays as it is."""

    text: str | None = None
    """The words of a text, or a file's caption."""
    to: str | None = None
    """Another number, as in a message: with its country code or of the clinic's own country."""


@dataclass(frozen=True, slots=True)
class Work:
    """What goes back to work, and what is told of it."""

    event: Event
    facts: list[Event]
    progress: bytes = b""


class Replayer:
    """Replays."""

    def __init__(self, platform: Platform) -> None:
        self._redis, self._scripts, self._streams = platform.redis, platform.scripts, platform.streams
        self._clock, self._telling = platform.clock, Telling(platform.clock)

    async def look(self, letters: list[Letter]) -> Meanwhile:
        """What became of them in the meantime."""
        return await meanwhile(self._redis, letters[0].instance, letters) if letters else Meanwhile()

    async def replay(self, letter: Letter, who: str, edit: Edit | None, *, resend: bool, seen: Meanwhile) -> str:
        """Put it to work; the id of what is sent now. Raises Problem 400, 404, 409 or 429; nothing changed then."""
        work = self._work(letter, who, edit, resend=resend)
        for _ in range(LOOKS):
            if not resend:
                check_open(letter, seen)
            match await self._run(letter, work, "" if resend else seen.upto):
                case "ok":
                    return work.event.id
                case "gone":
                    detail = f"dead letter {letter.id} was replayed or discarded meanwhile"
                    raise Problem(404, detail, parameter="id")
                case "full":
                    detail = "the stream it goes back to is full; replay it when there is room"
                    raise Problem(429, detail, headers={"Retry-After": "30"})
                case "done":
                    raise _done(letter)
            seen = await self.look([letter])
        raise Problem(409, "the log grows too fast to look through it; try again", headers={"Retry-After": "5"})

    async def _run(self, letter: Letter, work: Work, upto: str) -> str:
        i = letter.instance
        names = [keys.dead_letters(i), keys.events(i), letter.stream, keys.progress(i)]
        args: list[str | bytes | int] = [
            letter.id, encode(work.event), self._streams.stream_maxlen, self._streams.log_maxlen,
            work.event.id, work.progress, upto, letter.event.id if upto and letter.event else "",
            *(encode(fact) for fact in work.facts),
        ]  # fmt: skip
        return bytes(await self._scripts.run("replay", names, args, then=wake_ups(i, [letter.stream]))).decode()

    def _work(self, letter: Letter, who: str, edit: Edit | None, *, resend: bool) -> Work:
        check_replayable(letter)
        assert letter.event is not None
        if not isinstance(letter.event, SendRequested):
            if edit is not None:
                raise Problem(400, "only a message that is to be sent can be edited", parameter="edit")
            event = letter.event
            acted = self._telling.acted(who, "dead_letter.replay", letter.instance, event.chat, event=event.id)
            return Work(event, [acted])
        return self._send(letter, letter.event, who, edit, resend=resend)

    def _send(self, letter: Letter, old: SendRequested, who: str, edit: Edit | None, *, resend: bool) -> Work:
        now = self._clock.now_ms()
        told = following(SendReplayed, old, f"replayed/{letter.id}", now, send_id=old.id, by=who)
        expires_at = max(old.expires_at or 0, now + NEW_LIFE_MS)
        if edit is None:
            send = msgspec.structs.replace(old, expires_at=expires_at, not_before=None)
            # Its tries are counted anew, and numbered on: a number names one try for ever.
            # That one may have arrived is not forgotten, unless somebody wants it sent all the same.
            unproven = 0 if resend else letter.progress.doubtful_since
            return Work(send, [told], dump(Progress(uncounted=letter.progress.next_number - 1, unproven=unproven)))
        to = old.to if edit.to is None else edit.to
        new = msgspec.structs.replace(
            old, id=ids.derived(old.id, f"replay/{letter.id}"), occurred_at=now, recorded_at=now, by=who,
            chat=old.chat if edit.to is None else to, to=to, content=_edited(old.content, edit.text),
            causation_id=old.id, correlation_id=old.correlation_id or old.id, expires_at=expires_at,
            not_before=None, idempotency_key="",
        )  # fmt: skip
        return Work(new, [told, new])


def check_replayable(letter: Letter) -> None:
    """Raises Problem 409 when nobody could work it."""
    if letter.why_not:
        raise Problem(409, f"it cannot be replayed: {letter.why_not}")


def check_open(letter: Letter, seen: Meanwhile) -> None:
    """Raises Problem 409 when the log shows that it was done."""
    if seen.shows(letter):
        raise _done(letter)


def _done(letter: Letter) -> Problem:
    sends = isinstance(letter.event, SendRequested)
    detail = (
        "the log shows that it was sent meanwhile; `resend` sends it once more, and the patient gets it twice"
        if sends
        else "the log shows that it was answered meanwhile; `resend` has it answered once more"
    )
    return Problem(409, detail, parameter="resend", id=letter.id)


def _edited(content: Content, text: str | None) -> Content:
    if text is None:
        return content
    if isinstance(content, Text):
        if not text.replace("\x00", "").strip():
            raise Problem(400, "`edit.text` says nothing", parameter="edit.text")
        return msgspec.structs.replace(content, text=text)
    if isinstance(content, Media):
        return msgspec.structs.replace(content, caption=text)
    raise Problem(400, "only a text, or a file's caption, has words to edit", parameter="edit.text")
