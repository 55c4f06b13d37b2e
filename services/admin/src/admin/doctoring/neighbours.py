"""Do the gateway and ingest answer, and does the one post to the other?"""

from collections.abc import Sequence

from admin.doctoring.checks import Check, failed, ok, warning
from admin.gateway import Gateway
from admin.http.problems import Problem
from admin.numbers.room import WEBHOOK
from admin.outside import Outside, Unreachable

TIMEOUT_S = 5.0
HOOKS_MAX = 20  # instances whose webhooks are looked at: a call to the gateway each


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


async def of_hooks(gateway: Gateway, url: str, names: Sequence[str]) -> list[Check]:
    """Does the gateway post to that address?"""
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
    mend = (
        "set them: POST /admin/instances/{instance}/webhook, or one click in the page. "
        "A webhook set for the whole gateway (WEBHOOK_GLOBAL_URL), as the demo's simulator has, is not seen here"
    )
    return [failed("webhooks", f"they do not point to ingest: {', '.join(wrong)}", mend)]
