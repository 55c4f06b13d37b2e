"""Who may use the admin service?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.api import segment
from frontdesk.session import session

app = typer.Typer(no_args_is_help=True, help="Tokens: who may see and steer.")


@app.command("list")
def list_(context: typer.Context) -> None:
    """Everybody who has one. The tokens themselves are kept nowhere."""
    here = session(context)
    found = here.api.get("/admin/tokens")["items"]
    if here.as_json:
        show.as_json(found)
        return
    rows = [(one["name"], one["role"], show.at(one.get("created_at")), show.at(one.get("used_at")),
             show.at(one.get("expires_at"))) for one in found]  # fmt: skip
    show.table(("name", "role", "made", "last used", "ends"), rows, "There is only the ADMIN_TOKEN.")


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose it is, as the audit log will say.")],
    role: Annotated[str, typer.Option(help="viewer, staff or operator")] = "staff",
    days: Annotated[int | None, typer.Option(min=1, help="Ends after so many days; without it never.")] = None,
) -> None:
    """Make one. It is shown once."""
    here = session(context)
    body: dict[str, object] = {"name": name, "role": role} | ({"days": days} if days else {})
    told = here.api.post("/admin/tokens", body)
    if here.as_json:
        show.as_json(told)
        return
    show.err.print("Keep it now; it is not shown again:")
    show.say(told["token"])


@app.command()
def revoke(context: typer.Context, name: str) -> None:
    """Take one back, with every login made by it. It takes effect at once."""
    here = session(context)
    told = here.api.delete(f"/admin/tokens/{segment(name)}")
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"{name} may not come in any more.")
