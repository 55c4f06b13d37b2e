"""Which commands are there?"""

import os

import typer

from frontdesk.commands import (
    audit,
    broadcasts,
    chats,
    doctor,
    health,
    instances,
    knowledge,
    letters,
    messages,
    privacy,
    streams,
    tail,
    tokens,
    views,
)
from frontdesk.desk import AsJson, Desk, Instance, Token, TokenFile, Url, say
from frontdesk.session import Session

LOCAL = "http://127.0.0.1:8004"

app = Desk(
    name="frontdesk",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="See and steer Frontdesk. `frontdesk doctor` says what is wrong and how to mend it.",
    epilog="The environment says where and who: FRONTDESK_URL (else http://127.0.0.1:8004), FRONTDESK_INSTANCE, "
    "FRONTDESK_TOKEN or FRONTDESK_TOKEN_FILE (else ADMIN_TOKEN or ADMIN_TOKEN_FILE).",
)


@app.callback()
def _options(
    context: typer.Context,
    url: Url = "",
    token: Token = "",
    token_file: TokenFile = "",
    instance: Instance = "",
    as_json: AsJson = False,
) -> None:
    environ = os.environ
    here = Session(environ, environ.get("FRONTDESK_URL") or LOCAL, instance=environ.get("FRONTDESK_INSTANCE", ""))
    say(here, url=url, token=token, token_file=token_file, instance=instance, as_json=as_json)
    context.obj = here


for room in (health, tail, messages, chats, streams, views, privacy, audit, doctor):
    app.add_typer(room.app)
app.add_typer(letters.app, name="dlq")
app.add_typer(broadcasts.app, name="broadcast")
app.add_typer(instances.app, name="instances")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(tokens.app, name="tokens")
