"""Who did what?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.people import Act
from frontdesk.commands.words import Most
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk()


@app.command()
def audit(
    here: Session,
    access: Annotated[
        bool, typer.Option("--access", help="Instead what is of no instance: tokens, logins, the clinics' texts.")
    ] = False,
    most: Most = 50,
) -> None:
    """Who did what to an instance, the newest first."""
    here.tell(here.api.pages("/admin/audit", Act, most, instance="" if access else here.one()), _list)


def _list(found: list[Act]) -> None:
    rows = [(show.at(one.at), one.who, one.action, one.chat, one.touched, one.reason) for one in found]
    show.table(("when", "who", "did", "chat", "entries", "why"), rows, "Nobody did anything.")
