"""Who may use the admin service?"""

from typing import Annotated, Literal

import typer

from frontdesk import show
from frontdesk.answers.people import NewToken, Revoked, Tokens
from frontdesk.api import segment
from frontdesk.commands.words import Reason
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk(no_args_is_help=True, help="Tokens: who may see and steer.")
DAY_S = 86_400
MOST_DAYS = 3_660  # what the API takes


@app.command("list")
def list_(here: Session) -> None:
    """Everybody who has one. The tokens themselves are kept nowhere."""
    here.tell(here.api.get("/admin/tokens", Tokens), _list)


@app.command()
def create(
    here: Session,
    name: Annotated[str, typer.Argument(help="Whose it is, as the audit log will say: small letters, digits, . _ -")],
    role: Annotated[Literal["viewer", "staff", "operator"], typer.Option(help="What they may do.")] = "staff",
    days: Annotated[
        int | None, typer.Option(min=1, max=MOST_DAYS, help="Ends after so many days; without it never.")
    ] = None,
) -> None:
    """Make one. It is shown once."""
    body: dict[str, object] = {"name": name, "role": role} | ({"ttl_s": days * DAY_S} if days else {})
    here.tell(here.api.post_unkeyed("/admin/tokens", NewToken, body), _made)


@app.command()
def revoke(here: Session, name: str, reason: Reason = "") -> None:
    """Take one back, with every login made by it. It takes effect at once."""
    told = here.api.delete(f"/admin/tokens/{segment(name)}", Revoked, reason=reason)
    here.tell(told, lambda one: show.say(f"{one.name} may not come in any more."))


def _list(found: Tokens) -> None:
    rows = [
        (
            one.name,
            one.role,
            show.at(one.created_at),
            one.created_by,
            show.at(one.last_used_at),
            show.at(one.expires_at),
        )
        for one in found.items
    ]
    show.table(("name", "role", "made", "last used", "ends", "by"), rows, "There is only the ADMIN_TOKEN.")


def _made(told: NewToken) -> None:
    show.aside("Keep it now; it is not shown again:")
    show.say(told.token)
