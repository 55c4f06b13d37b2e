"""Do the gateway and ingest answer, and does the one post to the other?"""

from collections.abc import Sequence

from admin.doctoring.checks import Check, failed, ok, warning
from admin.doctoring.lately import Lately
from admin.gateway import Gateway
from admin.http.problems import Problem
from admin.numbers.room import WEBHOOK
from admin.outside import Outside, Unreachable

TIMEOUT_S = 5.0
HOOKS_MAX = 20  # instances whose webhooks are looked at: a call to the gateway each
NAMED = 10
MINUTE_MS = 60_000


async def of_gateway(gateway: Gateway) -> list[Check]:
    """Is it there, does it know our key, and are its numbers connected?"""
    if not gateway.is_set:
        mend = "set EVOLUTION_SERVER_URL and EVOLUTION_API_KEY of the admin service"
        return [warning("gateway", "none is set", mend)]
    try:
        version, instances = await gateway.version(), await gateway.instances()
    except Problem as problem:
        mend = "check EVOLUTION_SERVER_URL and EVOLUTION_API_KEY, and that the gateway runs"
        return [failed("gateway", problem.detail, mend)]
    known = f"{len(instances)} instance{'' if len(instances) == 1 else 's'}"
    told = [ok("gateway", f"Evolution API {version or '?'}, {known}")]
    closed = sorted(one.name for one in instances if one.state not in ("open", ""))
    if closed:
        told.append(warning("numbers", f"not connected: {', '.join(closed[:10])}", "scan the QR code of each"))
    return told


async def of_ingest(outside: Outside, url: str) -> list[Check]:
    """Does the address that webhooks are sent to answer?"""
    name = "webhook address"
    if not url:
        mend = "set it to where the gateway reaches ingest, to have webhooks set and checked"
        return [Check(name=name, status="skipped", found="INGEST_PUBLIC_URL is not set", mend=mend)]
    try:
        status, _ = await outside.ask("GET", f"{url}/livez", within_s=TIMEOUT_S)
    except Unreachable as why:
        mend = "is ingest running there, and its port open? The gateway must reach it, too"
        return [failed(name, f"{url} does not answer us: {why}", mend)]
    if status != 200:
        mend = "INGEST_PUBLIC_URL must lead to ingest itself: only its own paths are added"
        return [failed(name, f"{url}/livez answers {status}", mend)]
    return [ok(name, f"{url} answers")]


async def of_hooks(gateway: Gateway, url: str, names: Sequence[str], lately: Lately) -> list[Check]:
    """Does the gateway post to that address? Whoever is heard of may do without a webhook of its own."""
    if not (url and gateway.is_set):
        return []
    looked_at, wrong = 0, list[str]()
    for name in names[:HOOKS_MAX]:
        try:
            hook = await gateway.hook(name)
        except Problem:
            continue  # the gateway does not have it, or is away, which is told already
        looked_at += 1
        if not hook.enabled or not hook.url.startswith(f"{url}{WEBHOOK}"):
            wrong.append(name)
    if not looked_at:
        return []
    if not wrong:
        return [ok("webhooks", "those that were looked at point to ingest")]
    ago = {name: await lately.heard(name) for name in wrong}
    heard = {name: ms for name, ms in ago.items() if ms is not None}
    if silent := [name for name in wrong if name not in heard]:
        return [_not_ours(silent)]
    told = ", ".join(f"{name} {_since(ms)}" for name, ms in list(heard.items())[:NAMED])
    found = "none of their own that points to ingest, but something came in all the same: the whole gateway's, it seems"
    return [ok("webhooks", f"{found} ({told})")]


def _not_ours(names: Sequence[str]) -> Check:
    """Nothing points to us, and nothing comes in."""
    mend = (
        "set them: POST /admin/instances/{instance}/webhook, or one click in the page. A webhook set for the whole "
        "gateway (WEBHOOK_GLOBAL_URL) cannot be seen from here: with one, this passes once a message came in"
    )
    found = "they do not point to ingest, and nothing came in within a day"
    return failed("webhooks", f"{found}: {', '.join(names[:NAMED])}", mend)


def _since(ms: int) -> str:
    minutes = ms // MINUTE_MS
    return f"{minutes // 60} h ago" if minutes >= 60 else f"{minutes} min ago"
