"""Which commands are there?"""

from pathlib import Path
from typing import Annotated

import typer

from frontdesk.api import Api
from frontdesk.commands import bot, doctor, health, letters, messages, privacy, streams, tail, tokens
from frontdesk.session import Session, token_of

app = typer.Typer(
    name="frontdesk",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="See and steer Frontdesk. `frontdesk doctor` says what is wrong and how to mend it.",
)


@app.callback()
def _options(
    context: typer.Context,
    url: Annotated[str, typer.Option(envvar="FRONTDESK_URL", help="Where the admin service is.")] = (
        "http://127.0.0.1:8004"
    ),
    token: Annotated[str, typer.Option(envvar=["FRONTDESK_TOKEN", "ADMIN_TOKEN"], help="Who you are.")] = "",
    token_file: Annotated[
        Path | None, typer.Option(envvar=["FRONTDESK_TOKEN_FILE", "ADMIN_TOKEN_FILE"], help="A file that holds it.")
    ] = None,
    instance: Annotated[
        str, typer.Option("--instance", "-i", envvar="FRONTDESK_INSTANCE", help="The WhatsApp instance that is meant.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    context.obj = Session(Api(url, token_of(token, token_file)), instance, as_json)


app.command("health")(health.health)
app.command("tail")(tail.tail)
app.command("story")(messages.story)
app.command("send")(messages.send)
app.command("schedule")(messages.schedule)
app.command("cancel")(messages.cancel)
app.command("pause")(bot.pause)
app.command("resume")(bot.resume)
app.command("reset-to-latest")(streams.reset_to_latest)
app.command("reset-to-begin")(streams.reset_to_begin)
app.command("destroy-recreate")(streams.destroy_recreate)
app.command("claim-pending")(streams.claim_pending)
app.command("rebuild")(privacy.rebuild)
app.command("export")(privacy.export)
app.command("erase")(privacy.erase)
app.command("doctor")(doctor.doctor)
app.add_typer(letters.app, name="dlq")
app.add_typer(tokens.app, name="tokens")
