"""Is all well?"""

import typer

from frontdesk import show
from frontdesk.answers.streams import Health
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk()
_COLUMNS = ("instance", "status", "waiting", "pending", "inbound", "parked", "dead letters", "oldest")


@app.command()
def health(here: Session) -> None:
    """Depth, pending, dead letters and the replicas that are alive. Exit status 1 when something is wrong."""
    told = here.api.get("/admin/streams/health", Health, instance=here.instance)
    here.tell(told, _people)
    raise typer.Exit(0 if told.seen.status == "ok" else 1)


def _people(told: Health) -> None:
    rows = [
        (
            line.instance, show.word(line.status), line.queue_depth, line.pending, line.inbound_depth, line.parked,
            line.dlq_depth, show.age(line.oldest_ms),
        )
        for line in told.lines
    ]  # fmt: skip
    show.table(_COLUMNS, rows, "Nothing has come from any instance yet. Point a gateway's webhook at ingest.")
    alive = ", ".join(f"{len(names)} {service}" for service, names in told.consumers.items()) or "nobody"
    show.say(f"alive: {alive}; redis {told.redis.version}, persistence {told.redis.persistence}")
    for reason in told.reasons:
        show.hint(f"! {reason}")
