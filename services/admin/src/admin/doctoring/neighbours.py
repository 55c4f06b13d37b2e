"""Do the gateway and ingest answer?"""

from admin.doctoring.checks import Check, failed, ok, warning
from admin.gateway import Gateway
from admin.http.problems import Problem
from admin.outside import Outside, Unreachable

TIMEOUT_S = 5.0


async def of_gateway(gateway: Gateway) -> tuple[list[Check], list[str]]:
    """Is it there, does it know our key, are its numbers connected? And which numbers has it?"""
    if not gateway.is_set:
        mend = "set EVOLUTION_SERVER_URL and EVOLUTION_API_KEY of the admin service"
        return [warning("gateway", "none is set", mend)], []
    try:
        version, instances = await gateway.version(), await gateway.instances()
    except Problem as problem:
        mend = "check EVOLUTION_SERVER_URL and EVOLUTION_API_KEY, and that the gateway runs"
        return [failed("gateway", problem.detail, mend)], []
    known = f"{len(instances)} instance{'' if len(instances) == 1 else 's'}"
    told = [ok("gateway", f"Evolution API {version or '?'}, {known}")]
    closed = sorted(one.name for one in instances if one.state not in ("open", ""))
    if closed:
        told.append(warning("numbers", f"not connected: {', '.join(closed[:10])}", "scan the QR code of each"))
    return told, [one.name for one in instances]


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
