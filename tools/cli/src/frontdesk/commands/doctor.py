"""What is wrong with this installation, and how is it mended?"""

import typer
from rich.text import Text

from frontdesk import show
from frontdesk.session import session


def doctor(context: typer.Context) -> None:
    """Check Redis, the gateway, the webhook, clocks and settings; say how to mend each. Exit status 1 on a fault."""
    here = session(context)
    told = here.api.get("/admin/doctor")
    if here.as_json:
        show.as_json(told)
    else:
        for check in told["checks"]:
            show.out.print(show.word(check["status"]), Text(f"{check['name']}: {check['found']}"))
            if check["status"] != "ok" and check.get("mend"):
                show.say(f"     → {check['mend']}")
    raise typer.Exit(1 if any(check["status"] == "failed" for check in told["checks"]) else 0)
