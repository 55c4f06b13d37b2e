"""Is all well?"""

import typer

from frontdesk import show
from frontdesk.session import session

_COLUMNS = ("instance", "status", "waiting", "pending", "inbound", "parked", "dead letters", "oldest")


def health(context: typer.Context) -> None:
    """Depth, pending, dead letters and the replicas that are alive. Exit status 1 when something is wrong."""
    here = session(context)
    told = here.api.get("/admin/streams/health", instance=here.instance)
    if here.as_json:
        show.as_json(told)
    else:
        lines = told.get("instances") or [told]
        rows = [
            (
                line["instance"], show.word(line["status"]), line["queue_depth"], line["pending"],
                line.get("inbound_depth", line.get("inbound", {}).get("depth")), line["parked"], line["dlq_depth"],
                show.age(line["oldest_ms"]),
            )
            for line in lines
        ]  # fmt: skip
        show.table(_COLUMNS, rows, "Nothing has come from any instance yet. Point a gateway's webhook at ingest.")
        alive = ", ".join(f"{len(names)} {service}" for service, names in told["consumers"].items())
        show.say(f"alive: {alive}; redis {told['redis']['version']}, persistence {told['redis']['persistence']}")
        for reason in told["reasons"]:
            show.hint(f"! {reason}")
    raise typer.Exit(0 if told["status"] == "ok" else 1)
