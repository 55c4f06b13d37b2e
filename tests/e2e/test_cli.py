"""Does every command do what it says, against services that run? And does the API know what it is asked?"""

import contextlib
import json
import re
import select
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

import httpx2
import jsonschema
import pytest
import typer.main
from redis import Redis

from demo.process import wait_until
from demo.stack import ADMIN_TOKEN, Stack
from frontdesk import api
from frontdesk.app import app
from shared import ids
from shared.clock import SYSTEM
from shared.events import SendFailed, SendRequested, Text, encode, following
from shared.streams import keys
from shared.streams.roster import views_hint
from tests.e2e.desk import CHAT, INSTANCE, ask, sleepless_clinics
from tests.support.terminal import Console

LATER = "2027-03-01T09:00:00-03:00"
ERASED = "14155550123"
CALLER = "5511988886666"
UNWORKED = "unworked"
"""An instance that nothing else is done to."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("cli")
    environ = {
        "CLINICS_DIR": str(sleepless_clinics(folder / "clinics")),
        "INGEST_PUBLIC_URL": "http://ingest.example",
        "WA_INSTANCES": INSTANCE,
        "WA_TOKENS_PER_SECOND": "50",
    }
    with Stack(environ=environ, folder=folder) as stack:
        yield stack


@pytest.fixture(scope="module")
def console(stack: Stack) -> Console:
    return Console({
        "FRONTDESK_URL": stack.url("admin-0"), "ADMIN_TOKEN": ADMIN_TOKEN, "FRONTDESK_INSTANCE": INSTANCE,
    })  # fmt: skip


def written_to(stack: Stack, console: Console, chat: str = CHAT) -> None:
    """The patient has written, and the views know."""
    ask(stack, "Oi, bom dia!", chat)
    wait_until(lambda: chat in console.run("export", chat).out, "the message to be in the log")
    wait_until(lambda: console.run("give-back", chat).status == 0, "the chat to be known")


def has_said(output: IO[str]) -> bool:
    return bool(select.select([output], [], [], 0.2)[0])


def message(text: str) -> SendRequested:
    """One that staff send."""
    now = SYSTEM.now_ms()
    return SendRequested(
        id=ids.new(SYSTEM), instance=INSTANCE, chat=CHAT, occurred_at=now, recorded_at=now, to=CHAT,
        content=Text(text=text), send_class="staff",
    )  # fmt: skip


def dead(stack: Stack, reason: str) -> str:
    """A dead letter, with an ordinary message in it."""
    fields: Any = {"e": encode(message(f"about {reason}")), "reason": reason, "stream": keys.outbound(INSTANCE)}
    with Redis.from_url(stack.redis.url) as client:
        return bytes(client.xadd(keys.dead_letters(INSTANCE), fields)).decode()


# ── all is well ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_health_names_who_is_alive(console: Console) -> None:
    assert "1 responder, 1 sender" in console.ok("health").out
    of_all = console.run("health", "--json", FRONTDESK_INSTANCE="").json["instances"]
    assert INSTANCE in [line["instance"] for line in of_all]
    assert console.ok("--json", "health", "-i", INSTANCE).json["instance"] == INSTANCE


def test_the_doctor_says_how_to_mend(console: Console) -> None:
    said = console.run("doctor")
    checks = console.run("doctor", "--json").json["checks"]
    console.commands.add("doctor")
    assert said.status == (1 if any(check["status"] == "failed" for check in checks) else 0)
    assert "→" in said.out
    assert all(check["name"] in said.out for check in checks)


# ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_message_is_sent_and_its_story_told(console: Console) -> None:
    sent = console.ok("send", CHAT, "Bom dia", "--key", "once", "--json").json
    assert console.ok("send", CHAT, "Bom dia", "--key", "once", "--json").json["status"] == "repeated"
    assert (
        "It would go to +55 11 97777-6666; nothing was sent."
        in console.ok("send", "(11) 97777-6666", "Bom dia", "--dry-run").out
    )
    wait_until(lambda: "send.accepted" in console.run("story", sent["id"]).out, "it to be sent")
    steps = console.ok("story", sent["id"], "--json").json["steps"]
    assert steps[0]["type"] == "send.requested.v1"


def test_a_template_waits_for_its_time_and_is_taken_back(console: Console) -> None:
    words = ("send", CHAT, "--template", "results_ready", "--var", "name=Maria", "--at", LATER, "--class", "reminder")
    id_ = console.ok(*words, "--json").json["id"]
    wait_until(lambda: id_ in console.run("schedule").out, "it to be on the schedule")
    assert CHAT in console.ok("schedule").out
    assert "Maria" in console.ok("schedule", "--most", "1", "--json").json[0]["text"]
    console.ok("cancel", id_, "--reason", "came by")
    wait_until(lambda: id_ not in console.run("schedule").out, "it to be off the schedule")
    assert console.run("cancel", "no-such-message").status == 1


def test_what_failed_for_good_is_told_with_why(stack: Stack, console: Console) -> None:
    send = message("about a wrong number")
    failed = following(
        SendFailed, send, "failed", SYSTEM.now_ms(), send_id=send.id, attempt=1, category="permanent",
        reason="the number is not on WhatsApp", final=True,
    )  # fmt: skip
    with Redis.from_url(stack.redis.url) as client:
        for fact in (send, failed):
            client.xadd(keys.events(INSTANCE), {"e": encode(fact)})
        client.execute_command(*views_hint(INSTANCE))
    wait_until(lambda: "not on WhatsApp" in console.run("failed").out, "it to be listed")
    assert console.ok("failed", "--json").json[0]["id"] == send.id


def test_tail_shows_facts_until_it_is_ended_and_then_says_nothing(stack: Stack, console: Console) -> None:
    tail = console.start("tail", "--types", "send.", "--json")
    assert tail.stdout is not None
    said = tail.stdout
    wait_until(lambda: bool(console.ok("send", CHAT, "hello") and has_said(said)), "the tail to show something")
    heard = json.loads(said.readline())
    tail.send_signal(signal.SIGINT)
    _, complaint = tail.communicate(timeout=20)
    assert heard["type"].startswith("send.")
    assert (tail.returncode, complaint) == (130, "")
    console.commands.add("tail")


# ── who answers ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_chat_is_taken_and_given_back(stack: Stack, console: Console) -> None:
    written_to(stack, console)
    assert console.ok("take", CHAT, "--json").json["status"] == "taken"
    wait_until(lambda: CHAT in console.ok("chats", "--status", "taken").out, "the chat to be on the list")
    assert console.ok("chats", "--status", "wanted", "--json").json == []
    assert [one["chat"] for one in console.ok("chats", "--find", CHAT, "--most", "1", "--json").json] == [CHAT]
    assert "The bot answers" in console.ok("give-back", CHAT).out
    assert "handoff.taken" in console.ok("audit").out


def test_what_the_api_refuses_is_told_in_the_commands_own_words(stack: Stack, console: Console) -> None:
    written_to(stack, console)
    theirs = console.ok("tokens", "create", "bia").out.strip()
    console.ok("take", CHAT, "--token", theirs)
    refused = console.run("take", CHAT)
    assert (refused.status, "`--force` takes it from them" in refused.err) == (1, True), refused.err
    console.ok("take", CHAT, "--force")
    console.ok("give-back", CHAT)
    console.ok("tokens", "revoke", "bia")
    unknown = console.run("take", "5511900000000")
    assert (unknown.status, "to write to somebody new, `frontdesk send`" in unknown.err) == (1, True), unknown.err
    assert "token.create" in console.ok("audit", "--access").out


def test_templates_are_listed_with_their_variables(console: Console) -> None:
    assert "results_ready  name" in " ".join(console.ok("templates").out.split("   "))
    assert console.ok("templates", "--clinic", "demo", "--json").json["clinic"] == "demo"


def test_who_waits_for_a_person_is_told_of_all_instances(stack: Stack, console: Console) -> None:
    ask(stack, "Quero falar com uma pessoa", CALLER)
    wait_until(lambda: CALLER in console.run("waiting", FRONTDESK_INSTANCE="").out, "the call to be listed")
    assert [one["instance"] for one in console.ok("waiting", "--json").json if one["chat"] == CALLER] == [INSTANCE]
    console.ok("give-back", CALLER)
    wait_until(lambda: CALLER not in console.run("waiting").out, "the call to be settled")


@pytest.mark.parametrize("where", [("--chat", CHAT), (), ("--clinic", "demo")])
def test_the_bot_is_paused_and_resumed(stack: Stack, console: Console, where: tuple[str, ...]) -> None:
    written_to(stack, console)
    assert "quiet" in console.ok("pause", *where, "--minutes", "5", "--reason", "storm").out
    assert console.ok("pause", *where, "--until", LATER, "--json").json["paused_until"]
    assert "answers" in console.ok("resume", *where).out


# ── dead letters ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_dead_letter_is_seen_mended_and_replayed(stack: Stack, console: Console) -> None:
    id_ = dead(stack, "no such number")
    assert "no such number" in console.ok("dlq", "list").out
    assert console.ok("dlq", "list", "--reason", "such", "--json").json[0]["id"] == id_
    assert "It can be replayed" in console.ok("dlq", "show", id_).out
    sent = console.ok("dlq", "replay", id_, "--text", "mended", "--json").json["send_id"]
    wait_until(lambda: "send.accepted" in console.run("story", sent).out, "it to be sent")
    assert console.run("dlq", "replay", id_).status == 1


def test_dead_letters_are_replayed_and_discarded_by_their_reason(stack: Stack, console: Console) -> None:
    dead(stack, "reason one")
    dead(stack, "reason two")
    one = dead(stack, "reason three")
    assert console.ok("dlq", "replay", "--reason", "reason", "--dry-run", "--json").json["touched"] == 3
    assert console.run("dlq", "discard", "--reason", "two", typed="n\n").status == 1
    assert console.ok("dlq", "discard", "--reason", "two", typed="y\n")
    assert console.ok("dlq", "discard", one, "--yes", "--why", "rubbish", "--json").json["touched"] == 1
    assert console.ok("dlq", "replay", "--reason", "reason", "--yes", "--json").json["touched"] == 1
    assert console.ok("dlq", "list", "--json").json == []


# ── broadcasts ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_broadcast_is_tried_started_watched_and_stopped(console: Console, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("\ufeffTelefone;name\n+55 11 91111-1111;Ana\n\n5511922222222;Zé\n", encoding="utf-8")
    words = ("broadcast", "start", "results_ready", str(people), "--language", "pt")
    assert console.ok(*words, "--dry-run", "--json").json["recipients"] == 2
    assert console.ok("broadcast", "list", "--json").json == []
    declined = console.run(*words, typed="n\n")
    assert (declined.status, "Ana" in declined.err) == (1, True)
    id_ = console.ok(*words, "--at", LATER, "--per-minute", "5", "--yes", "--json").json["id"]
    assert id_ in console.ok("broadcast", "list").out
    assert "scheduled: 0 of 2" in console.ok("broadcast", "show", id_).out
    assert console.ok("broadcast", "stop", id_, "--json").json["left"] == 2
    assert console.ok("broadcast", "show", id_, "--json").json["state"] == "stopped"
    assert console.run("broadcast", "stop", "no-such-broadcast").status == 1


def test_a_list_without_titles_comes_on_standard_input(console: Console) -> None:
    said = console.ok(
        "broadcast", "start", "results_ready", "-", "--columns", "name", "--dry-run", typed="(11) 91111-1111,Ana\n"
    )
    assert "+55 11 91111-1111: Ana" in said.out


@pytest.mark.parametrize(
    ("text", "status", "complaint"),
    [
        ("", 2, "the list is empty"),
        ("to,name\n", 2, "nobody below"),
        ("to,name\n5511911111111,Ana\n5511922222222\n", 1, "line 3: the variable 'name' is missing"),
        ("to,name\nAna,5511911111111\n", 1, "line 2: `to` is a phone number"),
        ("to,name\n\n5511911111111,Ana\n(11) 91111-1111,Bia\n", 1, "twice, with other words: line 3 and line 4"),
        ("to,name\n977776666,Ana\n91,Bia\n", 1, "(BR) with its area code; line 3: "),
        ("\nto,nome\n5511911111111,Ana\n", 1, "line 2, the titles: the template has no variable 'nome'"),
        ("to,day\n5511911111111,\n", 1, "line 1, the titles: the variable 'name' is missing"),
        ("5511911111111\n", 1, "--columns: the variable 'name' is missing"),
        ("to,name\n5511911111111,Ana,too,much\n", 2, "4 columns"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_sent(console: Console, text: str, status: int, complaint: str) -> None:
    said = console.run("broadcast", "start", "results_ready", "-", "--yes", typed=text)
    assert (said.status, complaint in " ".join(said.err.split())) == (status, True), said.err


# ── numbers, knowledge, tokens ─────────────────────────────────────────────────────────────────────────────────────
def test_a_number_is_made_pointed_here_connected_and_paced(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.ok("instances", "create", "nova")
    assert "nova" in console.ok("instances", "list").out
    monkeypatch.setattr(api, "PAGE", 1)
    assert {INSTANCE, "nova"} <= {one["instance"] for one in console.ok("instances", "list", "--json").json["items"]}
    assert "http://ingest.example/webhooks/evolution/nova" in console.ok("instances", "webhook", "nova").out
    assert "ingest.example" in console.ok("instances", "show", "nova").out
    assert "▀" in console.ok("instances", "qr", "nova").out
    assert "connected already" in console.ok("instances", "qr").out
    assert console.ok("instances", "limits", "--burst", "3", "--new-contacts", "0", "--json").json == {
        "tokens_per_second": None, "bucket_capacity": 3, "recipient_tokens_per_second": None, "new_contacts_per_day": 0,
    }  # fmt: skip
    said = console.ok("instances", "limits").out
    assert re.search(r"messages in a burst +3 *\n", said)
    assert re.search(r"new contacts a day +no limit *\n", said)
    assert re.search(r"messages a second +1, or what the senders' WA_TOKENS_PER_SECOND says *\n", said)
    assert console.ok("instances", "limits", "--reset", "--json").json["bucket_capacity"] is None


def test_a_text_is_uploaded_found_replaced_and_removed(console: Console, tmp_path: Path) -> None:
    text = tmp_path / "piano.md"
    text.write_text("# Piano\n\nNa sala de espera há um piano de cauda.\n", encoding="utf-8")
    console.ok("knowledge", "put", str(text))
    assert console.run("knowledge", "put", str(text), typed="n\n").status == 1
    console.ok("knowledge", "put", str(text), "--yes", "--clinic", "demo")
    assert "piano.md" in console.ok("knowledge", "list").out
    assert "piano de cauda" in console.ok("knowledge", "show", "piano.md").out
    hits = console.ok("knowledge", "ask", "Tem piano na sala de espera?", "--json").json["hits"]
    assert any("piano" in hit["source"] for hit in hits)
    assert console.run("knowledge", "put", "-", typed="# Piano\n").status == 2  # how is it called?
    console.ok("knowledge", "put", "-", "--name", "piano.md", "--yes", typed="# Piano\n\nHá um órgão.\n")
    assert "órgão" in console.ok("knowledge", "show", "piano.md").out
    console.ok("knowledge", "remove", "piano.md", "--yes")
    assert console.run("knowledge", "show", "piano.md").status == 1


def test_a_token_is_shown_once_works_and_is_taken_back(console: Console) -> None:
    made = console.ok("tokens", "create", "ana", "--role", "viewer", "--days", "1")
    token = made.out.strip()
    assert console.run("health", ADMIN_TOKEN="", FRONTDESK_TOKEN=token).status == 0
    refused = console.run("rebuild", "--token", token)
    assert (refused.status, token in refused.err) == (1, False)
    listed = console.ok("tokens", "list")
    assert "ana" in listed.out
    assert token not in listed.out
    console.ok("tokens", "revoke", "ana", "--reason", "left")
    assert console.run("health", "--token", token).status == 1


def test_a_name_that_will_not_do_is_told_in_plain_words(console: Console) -> None:
    refused = console.run("tokens", "create", "Ana", "--role", "viewer")
    console.requests.pop()  # wrong on purpose: the others are held against the API's document
    assert refused.status == 1
    assert "name: takes small letters, digits" in " ".join(refused.err.split())
    assert "regex" not in refused.err


# ── operations, views, privacy ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("action", ["reset-to-latest", "reset-to-begin", "destroy-recreate"])
def test_an_operation_tells_what_it_would_touch_and_asks(console: Console, action: str) -> None:
    assert console.ok(action, "--dry-run", "--json").json["dry_run"] is True
    unanswered = console.run(action, typed="")
    assert unanswered.status == 1
    assert "[y/N]:\nfrontdesk: nothing was done" in unanswered.err
    assert console.ok(action, "--stream", "all", "--yes", "--reason", "test", "--json").json["dry_run"] is False


@pytest.mark.parametrize("action", ["reset-to-latest", "reset-to-begin", "destroy-recreate"])
def test_an_operation_touches_no_more_than_was_shown(stack: Stack, console: Console, action: str) -> None:
    """What comes in while somebody reads the question is not in their answer."""
    with asleep(stack, "sender-0"), Redis.from_url(stack.redis.url) as client:
        client.sadd(keys.INSTANCES, UNWORKED)
        put_out(client, 1)
        run = console.start(action, "-i", UNWORKED)
        question = f"{action} on {UNWORKED} touches 1 entries"
        assert run.stderr is not None
        assert run.stderr.read(len(question)) == question
        put_out(client, 1)
        out, err = run.communicate("y\n", timeout=30)
        waiting = client.xlen(keys.outbound(UNWORKED))
        client.delete(keys.outbound(UNWORKED))
    if action == "reset-to-latest":  # goes as far as the newest entry that was counted
        assert (run.returncode, waiting) == (0, 1)
        return
    assert (run.returncode, waiting) == (1, 2)
    assert f"{action} would touch 1 entries" in out
    assert "would touch 2 entries now, not 1, so nothing was done" in err
    assert "Run the command again" in err


@pytest.mark.parametrize("action", ["reset-to-latest", "reset-to-begin", "destroy-recreate"])
def test_who_is_not_asked_touches_no_more_than_was_counted(console: Console, action: str) -> None:
    del console.requests[:]
    console.ok(action, "--yes")
    counted, done = console.requests
    assert counted.url.params["dry_run"] == "true"
    assert done.headers["If-Match"]


@contextlib.contextmanager
def asleep(stack: Stack, service: str) -> Iterator[None]:
    """A replica that does nothing meanwhile."""
    stack.processes[service].signal(signal.SIGSTOP)
    try:
        yield
    finally:
        stack.processes[service].signal(signal.SIGCONT)


def put_out(client: "Redis[bytes]", count: int) -> None:
    """Messages that nobody sends."""
    for _ in range(count):
        client.xadd(keys.outbound(UNWORKED), {"e": encode(message("x"))})


def test_a_lane_is_given_to_a_replica(console: Console) -> None:
    (sender,) = console.ok("health", "--json").json["consumers"]["sender"]
    assert "→ nobody" not in console.ok("claim-pending", sender, "--dry-run").out
    assert "the lane" in console.ok("claim-pending", sender, "--yes").out
    assert console.run("claim-pending", "nobody", "--yes").status == 1


def test_the_views_are_made_anew(console: Console) -> None:
    assert "done:" in console.ok("rebuild", "--reason", "test").out
    assert console.ok("rebuild", "--status", "--json").json["state"] == "done"


def test_a_person_is_exported_and_erased(stack: Stack, console: Console, tmp_path: Path) -> None:
    written_to(stack, console, ERASED)
    file = tmp_path / "person.ndjson"
    console.ok("export", ERASED, "--output", str(file))
    assert ERASED in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0
    assert console.ok("erase", ERASED, "--dry-run", "--json").json["facts"] >= 1
    assert console.run("erase", ERASED, typed="n\n").status == 1
    told = console.ok("erase", ERASED, "--reason", "asked for it", "--yes", "--json").json
    assert (told["state"], told["found"]) == ("done", 0)
    assert told["facts"] >= 1
    assert "0 traces found" in console.ok("erasure", told["id"]).out
    assert console.ok("export", ERASED).out == ""


# ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_command_was_carried_out(console: Console) -> None:
    """Runs last: the tests of a file run in one process."""
    if not {"erasure", "tokens list"} <= console.commands:
        pytest.skip("only some of the tests ran")
    assert set(names()) - console.commands == set()


def test_the_api_knows_everything_that_it_was_asked(stack: Stack, console: Console) -> None:
    """Routes, parameters and bodies, by the API's own document."""
    console.ok("health")
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    document = httpx2.get(f"{stack.url('admin-0')}/admin/openapi.json", headers=headers).json()
    faults = {fault for request in console.requests if (fault := fault_of(document, request))}
    assert faults == set()


def names() -> Iterator[str]:
    """Every command, as it is typed."""
    whole: Any = typer.main.get_command(app)
    for name, command in whole.commands.items():
        yield from (f"{name} {own}" for own in command.commands) if hasattr(command, "commands") else (name,)


def fault_of(document: dict[str, Any], request: httpx2.Request) -> str:
    """What of a request the document does not know; empty: nothing."""
    operation = operation_of(document, request)
    if operation is None:
        return f"no route {request.method} {request.url.path}"
    known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    if unknown := set(request.url.params) - known:
        return f"{request.method} {request.url.path} takes no {unknown}"
    headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
    if "Idempotency-Key" in request.headers and "Idempotency-Key" not in headers:
        return f"{request.method} {request.url.path} takes no Idempotency-Key"
    content = operation.get("requestBody", {}).get("content", {})
    body = request.content
    if not content:
        return f"{request.method} {request.url.path} takes no body" if body not in (b"", b"{}") else ""
    media = request.headers.get("Content-Type", "application/json")
    if body and media not in content:
        return f"{request.method} {request.url.path} takes no {media}"
    if body and media == "application/json":
        schema = {**content[media]["schema"], "components": document["components"]}
        jsonschema.validate(json.loads(body), schema, cls=jsonschema.Draft202012Validator)
    return ""


def operation_of(document: dict[str, Any], request: httpx2.Request) -> dict[str, Any] | None:
    """The operation that is meant; a path without a variable goes before one with it."""
    path = unquote(request.url.path)
    for template, operations in sorted(document["paths"].items(), key=lambda item: "{" in item[0]):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and request.method.lower() in operations:
            found: dict[str, Any] = operations[request.method.lower()]
            return found
    return None
