"""What is wrong with this installation, and how is it mended?"""

import typer
from rich.text import Text

from frontdesk import show
from frontdesk.answers.people import Diagnosis
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk()


@app.command()
def doctor(here: Session) -> None:
    """Check Redis, the gateway, the webhook, clocks and settings; say how to mend each. Exit status 1 on a fault."""
    told = here.api.get("/admin/doctor", Diagnosis)
    here.tell(told, _people)
    raise typer.Exit(1 if any(check.status == "failed" for check in told.seen.checks) else 0)


def _people(told: Diagnosis) -> None:
    for check in told.checks:
        found = Text(show.harmless(f"{check.name}: {check.found}"))
        show.out.print(show.word(f"{check.status:8}").append_text(found), soft_wrap=True)
        if check.status != "ok" and check.mend:
            show.say(f"         → {check.mend}")
