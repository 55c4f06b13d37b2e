"""What can be done to the streams? Each command shows what it would touch before it does it."""

from typing import Annotated, Any

import typer

from frontdesk import show
from frontdesk.session import Session, session

Stream = Annotated[str, typer.Option(help="outbound, vip, inbound or all")]
Reason = Annotated[str, typer.Option(help="Why, for the audit log.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would touch.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def reset_to_latest(
    context: typer.Context, stream: Stream = "outbound", reason: Reason = "", dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Skip the backlog: what nobody works on goes to the dead letters."""
    _operate(session(context), "POST", "reset-to-latest", stream, reason, dry_run, yes, confirmed=True)


def reset_to_begin(
    context: typer.Context, stream: Stream = "outbound", reason: Reason = "", dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Deliver again everything that is still in the streams; what was sent is not sent again."""
    _operate(session(context), "POST", "reset-to-begin", stream, reason, dry_run, yes)


def destroy_recreate(
    context: typer.Context, stream: Stream = "outbound", reason: Reason = "", dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Make the consumer group anew, with nothing pending."""
    _operate(session(context), "DELETE", "destroy-recreate", stream, reason, dry_run, yes, confirmed=True)


def claim_pending(
    context: typer.Context,
    worker: Annotated[str, typer.Argument(help="The replica that is to have them; `frontdesk health --json` lists.")],
    stream: Stream = "outbound",
    reason: Reason = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Give the lane, and all that is pending in it, to one replica."""
    _operate(session(context), "POST", "claim-pending-to-worker", stream, reason, dry_run, yes, worker=worker)


def _operate(
    here: Session, method: str, action: str, stream: str, reason: str, dry_run: bool, yes: bool, *,
    confirmed: bool = False, worker: str = "",
) -> None:  # fmt: skip
    instance, path = here.one(), f"/admin/streams/{action}"
    ask = here.api.delete if method == "DELETE" else here.api.post
    common: dict[str, object] = {"instance": instance, "stream": stream, "reason": reason, "worker": worker}
    would = ask(path, dry_run=True, **common)
    if dry_run:
        _tell(here, would)
        return
    if not yes:
        typer.confirm(f"{action} on {instance} touches {would['touched']} entries. Go on?", abort=True, err=True)
    _tell(here, ask(path, confirm=instance if confirmed else "", **common))


def _tell(here: Session, told: Any) -> None:
    if here.as_json:
        show.as_json(told)
        return
    word = "would touch" if told["dry_run"] else "touched"
    show.say(f"{told['action']} {word} {told['touched']} entries of {told['instance']}")
    rows = [(name, *(numbers.get(key) for key in ("touched", "pending", "left"))) for name, numbers in
            told["streams"].items()]  # fmt: skip
    show.table(("stream", "touched", "pending", "left"), rows, "")
