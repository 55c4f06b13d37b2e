"""Does the gateway post every number's events to ingest, and lately? Asked of each number that it has."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.doctoring.checks import Check, failed, ok, warning
from admin.doctoring.hooks import VITAL, lacking, why_elsewhere, why_refused
from admin.doctoring.lately import Heard, Lately
from admin.gateway import Gateway, Posting
from admin.http.problems import Problem

LOOKED_AT = 500  # numbers: a call to the gateway each
AT_ONCE = 10
WITHIN_S = 20.0  # some 10 ms each; a gateway that dawdles is told of
NAMED = 10
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of one number."""

    name: str
    posting: Posting
    elsewhere: str
    """Why its own webhook does not post to ingest; empty: it does."""
    heard: Heard | None
    """None: nobody can say, since Redis does not answer."""


async def of_hooks(gateway: Gateway, base: str, token: str | None, names: Sequence[str], lately: Lately) -> list[Check]:
    """Whether what is posted of these numbers reaches us."""
    found = await _asked(gateway, names[:LOOKED_AT])
    heard = await asyncio.gather(*(lately.of(name, posting.changed_at) for name, posting in found.items()))
    looked = [
        Looked(name, posting, why_elsewhere(posting, name, base), when)
        for (name, posting), when in zip(found.items(), heard, strict=True)
    ]
    ours = [one for one in looked if not one.elsewhere]
    unsaid = [name for name in names if name not in found]
    told = [*_unsaid(unsaid, len(names)), *_well(ours), *_by_all(looked), *_unheard(ours), *_elsewhere(looked)]
    return [*told, *_events(ours), *_tokens(ours, token)]


async def _asked(gateway: Gateway, names: Sequence[str]) -> dict[str, Posting]:
    found, turn = dict[str, Posting](), asyncio.Semaphore(AT_ONCE)

    async def ask(name: str) -> None:
        async with turn:
            try:
                found[name] = await gateway.posting(name)
            except Problem:
                return  # it is among those that the gateway did not tell of

    try:
        async with asyncio.timeout(WITHIN_S), asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(ask(name))
    except TimeoutError:
        pass  # what was told by then is judged
    return {name: found[name] for name in names if name in found}


def _unsaid(names: Sequence[str], of: int) -> list[Check]:
    found = f"of {len(names)} of {of} the gateway did not tell within {WITHIN_S:.0f} s: {_some(names)}"
    return [warning("webhooks", found, "look at the gateway's log, and check again")] if names else []


def _well(ours: Sequence[Looked]) -> list[Check]:
    return [ok("webhooks", f"those of {_some([one.name for one in ours])} post to ingest")] if ours else []


def _by_all(looked: Sequence[Looked]) -> list[Check]:
    """Whoever is heard of since its own webhook was set may do without one."""
    heard = [one for one in looked if one.elsewhere and one.heard and one.heard.since_change]
    told = ", ".join(f"{one.name} {_since(one.heard.ago_ms)}" for one in heard[:NAMED] if one.heard)
    found = "none of their own that posts to ingest, but something came in all the same: the whole gateway's, it seems"
    return [ok("webhooks", f"{found} ({told})")] if heard else []


def _unheard(ours: Sequence[Looked]) -> list[Check]:
    names = [one.name for one in ours if one.heard and one.heard.ago_ms is None and not one.heard.ever]
    mend = "write to it from another phone; if that does not come in, look at the gateway's log"
    return [warning("webhooks", f"nothing was heard yet of {_some(names)}", mend)] if names else []


def _elsewhere(looked: Sequence[Looked]) -> list[Check]:
    silent = [one for one in looked if one.elsewhere and not (one.heard and one.heard.since_change)]
    if not silent:
        return []
    mend = (
        "set them: POST /admin/instances/{instance}/webhook, or one click in the page. A webhook set for the whole "
        "gateway (WEBHOOK_GLOBAL_URL) cannot be seen from here: with one, this passes once a message came in"
    )
    told = ", ".join(f"{one.name} ({one.elsewhere})" for one in silent[:NAMED])
    found = "they do not post to ingest, and nothing came in since they were set, or within a day"
    return [failed("webhooks", f"{found}: {told}", mend)]


def _events(ours: Sequence[Looked]) -> list[Check]:
    lack = {one.name: missing for one in ours if (missing := lacking(one.posting))}
    if not lack:
        return []
    told = ", ".join(f"{name} ({' '.join(missing)})" for name, missing in list(lack.items())[:NAMED])
    grave = any(VITAL.intersection(missing) for missing in lack.values())
    mend = "add them to the webhook's events, or set it anew: one click in the page"
    return [(failed if grave else warning)("webhook events", f"not all that are needed are posted: {told}", mend)]


def _tokens(ours: Sequence[Looked], token: str | None) -> list[Check]:
    name = "webhook token"
    if not ours:
        return []
    if not token:
        mend = "set WEBHOOK_TOKEN of the admin service as it is ingest's, to have it compared"
        return [Check(name=name, status="skipped", found="WEBHOOK_TOKEN is not set here", mend=mend)]
    wrong = {one.name: why for one in ours if (why := why_refused(one.posting.headers, token))}
    if not wrong:
        return [ok(name, "the gateway presents ours")]
    told = ", ".join(f"{instance} ({why})" for instance, why in list(wrong.items())[:NAMED])
    mend = "set the webhook's header to `Authorization: Bearer <WEBHOOK_TOKEN>`, or set it anew: one click in the page"
    return [failed(name, f"ingest refuses (401) what the gateway posts, and it is lost: {told}", mend)]


def of_refused(refused: Mapping[bytes, bytes], now_ms: int) -> list[Check]:
    """What ingest says of webhooks that it refused: how many, and of the newest when and for which number."""
    if not refused:
        return []
    ago = max(0, now_ms - int(refused.get(b"at", b"0") or 0))
    count, name = int(refused.get(b"count", b"0") or 0), refused.get(b"instance", b"").decode(errors="replace")
    found = f"{count} came without our token within the hour and are lost, the last {_since(ago)} for {name!r}"
    mend = "if that is the gateway's: mend its webhook's header. Who else posts there is refused rightly"
    return [warning("refused webhooks", found, mend)]


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _since(ms: int | None) -> str:
    minutes = (ms or 0) // MINUTE_MS
    return f"{minutes // 60} h ago" if minutes >= 60 else f"{minutes} min ago"
