"""What can be done to the streams? Each command shows what it would touch, and then touches no more than that."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer

from frontdesk import show
from frontdesk.answers.streams import Moving, Operated
from frontdesk.commands.words import DryRun, Reason, Yes
from frontdesk.desk import Desk
from frontdesk.failures import Refused
from frontdesk.session import Session

app = Desk()
Stream = Annotated[
    Literal["outbound", "vip", "inbound", "all"], typer.Option(help="Outbound is the normal stream and that of VIPs.")
]
Resend = Annotated[
    bool, typer.Option("--resend", help="Also what the log shows as sent: patients get it a second time.")
]


@app.command("reset-to-latest")
def reset_to_latest(
    here: Session, stream: Stream = "outbound", reason: Reason = "", dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Skip the backlog: what nobody works on goes to the dead letters."""
    _operate(here, "POST", "reset-to-latest", dry_run, yes, stream=stream, reason=reason)


@app.command("reset-to-begin")
def reset_to_begin(
    here: Session, stream: Stream = "outbound", resend: Resend = False, reason: Reason = "", dry_run: DryRun = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Deliver again everything that is still in the streams; what was sent is not sent again."""
    _operate(here, "POST", "reset-to-begin", dry_run, yes, stream=stream, reason=reason, resend=resend)


@app.command("destroy-recreate")
def destroy_recreate(
    here: Session, stream: Stream = "outbound", resend: Resend = False, reason: Reason = "", dry_run: DryRun = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Make the consumer group anew, with nothing pending."""
    _operate(here, "DELETE", "destroy-recreate", dry_run, yes, stream=stream, reason=reason, resend=resend)


@app.command("claim-pending")
def claim_pending(
    here: Session,
    worker: Annotated[str, typer.Argument(help="A replica that is alive, as `health --json` names it.")],
    stream: Stream = "outbound",
    reason: Reason = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Give the lane, and all that is pending in it, to one replica."""
    _operate(here, "POST", "claim-pending-to-worker", dry_run, yes, stream=stream, reason=reason, worker=worker)


_CONFIRMED = ("reset-to-latest", "destroy-recreate")
CHANGED = 412


def _operate(here: Session, method: str, action: str, dry_run: bool, yes: bool, **about: str | bool) -> None:
    instance, path = here.one(), f"/admin/streams/{action}"
    ask = here.api.delete if method == "DELETE" else here.api.post
    common: dict[str, Any] = {"instance": instance, **about}
    would = ask(path, Operated, **common, dry_run=True)
    if dry_run:
        here.tell(would, _people)
        return
    if not (yes or here.as_json):
        _people(would.seen)
    here.confirm(f"{action} on {instance} touches {would.seen.touched} entries. Go on?", yes)
    if action in _CONFIRMED:
        common["confirm"] = instance
    with _counting_anew():
        here.tell(ask(path, Operated, etag=would.etag, **common), _people)


@contextmanager
def _counting_anew() -> Iterator[None]:
    """Say what to do when there is more than the dry run counted, or another holder of the lane."""
    try:
        yield
    except Refused as refused:
        if refused.status == CHANGED:
            refused.hint = "Run the command again: it counts anew."
        raise


def _people(told: Operated) -> None:
    word = "would touch" if told.dry_run else "touched"
    show.say(f"{told.action} {word} {told.touched} entries of {told.instance}")
    rows = [(name, one.touched, one.pending, one.left, one.already_sent) for name, one in told.streams.items()]
    show.table(("stream", "touched", "pending", "left", "sent already"), rows)
    if told.lane:
        show.say(_lane(told.lane))


def _lane(lane: Moving) -> str:
    if lane.goes_to:
        return f"the lane: {lane.holder or 'nobody'} → {lane.goes_to}"
    return f"the lane stays with {lane.holder}" if lane.holder else "the lane is nobody's, and there is nothing to work"
