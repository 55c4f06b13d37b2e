"""Who gets it, with which words? Every line is checked before anything is sent; a fault is told by its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import redis.asyncio as aioredis

from admin.broadcasts.record import Recipient
from admin.broadcasts.shapes import BroadcastBody
from admin.http.problems import Problem
from admin.messages.address import plain
from admin.messages.addressing import Reading
from admin.templates.rendering import check_language, rendered, template_of
from clinic import Clinic
from shared.events.spelling import same_person
from shared.streams import keys

IN_ONE_QUESTION = 500
FAULTS_TOLD = 20  # of a list: enough to see what is wrong with it


@dataclass(frozen=True, slots=True)
class Listing:
    """The list, each person once."""

    recipients: list[Recipient]
    duplicates: int
    completed: int
    """Numbers that were completed by the clinic's country."""


def listing(clinic: Clinic, body: BroadcastBody, reading: Reading) -> Listing:
    """Raises Problem 400 that names the line, as `recipients[3].variables.name`; others that are wrong are `faults`."""
    template = template_of(clinic, body.template, "template")
    check_language(clinic, body.language, "language")
    found: dict[str, tuple[int, Recipient]] = {}
    duplicates, completed, faults = 0, 0, list[Problem]()
    for at, line in enumerate(body.recipients):
        try:
            to = reading.recipient(line.to, f"recipients[{at}].to")
            text = rendered(clinic, template, line.variables, body.language, f"recipients[{at}].")
            first, earlier = found.setdefault(same_person(to), (at, Recipient(to, text)))
            duplicates += _is_same(earlier, text, first, at)
            completed += first == at and plain(line.to) not in ("", to)
        except Problem as fault:
            faults.append(fault)
    if faults:
        raise _all(faults)
    return Listing([one for _, one in found.values()], duplicates, completed)


def _is_same(earlier: Recipient, text: str, first: int, at: int) -> bool:
    """Whether a line says again what an earlier one said. Raises Problem 400 when it says something else."""
    if first == at:
        return False
    if earlier.text != text:
        where = f"recipients[{at}].to"
        places = f"recipients[{first}] and recipients[{at}]"
        raise Problem(400, f"{earlier.to} is in the list twice, with other words: {places}", parameter=where)
    return True


def _all(faults: Sequence[Problem]) -> Problem:
    """The first, with all of them beside it."""
    first = faults[0]
    told = [{"parameter": one.more.get("parameter", ""), "detail": one.detail} for one in faults[:FAULTS_TOLD]]
    return Problem(first.status, first.detail, **(first.more | {"faults": told, "fault_count": len(faults)}))


async def opted_out(client: aioredis.Redis, instance: str, recipients: Sequence[Recipient]) -> int:
    """How many want no such messages; the sender refuses theirs when it comes to them."""
    count = 0
    for start in range(0, len(recipients), IN_ONE_QUESTION):
        batch = recipients[start : start + IN_ONE_QUESTION]
        asked = [
            (one.to, key)
            for one in batch
            for key in (keys.opted_out(instance, one.to), *keys.opted_out_by_spelling(instance, one.to))
        ]
        words = await client.mget([key for _, key in asked])
        count += len({to for (to, _), word in zip(asked, words, strict=True) if word == b"1"})
    return count
