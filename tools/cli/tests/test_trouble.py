"""What does the program say when something is wrong? What it is and what to do, and never a traceback or a secret."""

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import msgspec
import pytest

from demo.ports import free_port
from frontdesk import show
from frontdesk.commands.limits import SETTINGS
from frontdesk.commands.qr import drawn
from sender.settings import SenderSettings
from tests.support.terminal import Console

SECRET = "s3cret-token"


class Strange(BaseHTTPRequestHandler):
    """A service that answers everything alike."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"")

    def do_GET(self) -> None:
        status, body = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + (1 if status == 206 else 0)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def strange() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Strange)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def console() -> Console:
    return Console({"FRONTDESK_TOKEN": SECRET, "FRONTDESK_INSTANCE": "demo"})


COMMANDS = [
    ("health",), ("tail",), ("story", "x"), ("send", "5511988887777", "x"), ("cancel", "x"),
    ("export", "5511988887777"),
    ("rebuild",), ("erase", "5511988887777", "-y"), ("dlq", "list"), ("instances", "limits", "--burst", "2"),
    ("knowledge", "remove", "x.md", "-y"), ("tokens", "list"), ("doctor",), ("reset-to-latest", "-y"),
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_a_service_that_is_down_is_told_with_status_3(console: Console, words: tuple[str, ...]) -> None:
    said = console.run(*words, "--url", f"http://127.0.0.1:{free_port()}")
    assert (said.status, said.out) == (3, "")
    assert "does not answer" in said.err
    assert SECRET not in said.err


@pytest.mark.parametrize("url", ["nonsense", "http://", "ht!tp://user:hunter2@x", "http://[::1", "http://a b", "//"])
def test_an_address_that_is_none_is_told(console: Console, url: str) -> None:
    said = console.run("health", "--url", url)
    assert said.status == 3
    assert "hunter2" not in said.err


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>hello</html>"), (200, b""), (200, b"[]"), (200, b'{"items": 7}'), (200, b"\xff\xfe"), (302, b""),
        (404, b"nothing"), (500, b"{}"), (502, b"<h1>Bad gateway"), (403, b'{"detail": 7}'), (206, b"cut sho"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", COMMANDS)
def test_an_answer_that_nobody_understands_is_told(
    console: Console, strange: str, words: tuple[str, ...], answer: tuple[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Strange, "answer", answer)
    said = console.run(*words, "--url", strange)
    assert said.status in (1, 3) or words[0] == "export"  # whose lines are whatever came
    assert SECRET not in said.err + said.out


@pytest.mark.parametrize("token", ["two words", "broken\nline", "naïve", "\x1b[31m"])
def test_a_token_that_cannot_be_one_is_not_repeated(console: Console, token: str) -> None:
    said = console.run("health", "--token", token)
    assert said.status == 2
    assert token not in said.err


def test_a_file_that_holds_no_token_is_named(console: Console, tmp_path) -> None:
    said = console.run("health", "--token-file", str(tmp_path / "none"))
    assert said.status == 2
    assert "none" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",), ("send", "5511988887777"), ("send", "1", "x", "--class", "spam"), ("pause", "--minutes", "0"),
        ("pause", "--chat", "1", "--clinic", "x"), ("dlq", "replay"), ("dlq", "replay", "1-1", "--reason", "x"),
        ("send", "1", "--template", "x", "--var", "nothing"), ("broadcast", "start", "x", "/nowhere.csv"),
        ("knowledge", "put", "/nowhere.md"), ("tokens", "create", "x", "--role", "king"),
        ("reset-to-begin", "--stream", "x"), ("schedule", "--most", "0"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_status_2_and_nothing_is_asked(console: Console, words: tuple[str, ...]) -> None:
    said = console.run(*words)
    assert (said.status, said.out, console.requests) == (2, "", [])


def test_the_shell_completes_commands_and_options(console: Console) -> None:
    about = {"_FRONTDESK_COMPLETE": "complete_bash", "COMP_WORDS": "frontdesk tokens ", "COMP_CWORD": "2"}
    assert console.run(**about).out.split() == ["list", "create", "revoke"]
    about |= {"COMP_WORDS": "frontdesk health --js", "COMP_CWORD": "2"}
    assert console.run(**about).out.split() == ["--json"]


def test_a_moment_has_its_zone() -> None:
    assert dt.datetime.fromisoformat(show.at(1_795_479_370_123)).timestamp() == 1_795_479_370


def test_what_the_senders_settings_are_unless_they_are_set() -> None:
    usual = {one.encode_name.upper(): one.default for one in msgspec.structs.fields(SenderSettings)}
    assert {name: usual[name] for name, _ in SETTINGS.values()} == dict(SETTINGS.values())


def test_what_a_patient_writes_gives_the_terminal_no_orders() -> None:
    hostile = "\x1b]0;mine\x07 \x9b31m \u202eback"
    assert not set("\x1b\x07\x9b\u202e") & set(show.harmless(hostile))
    assert "\x9b" not in show.harmless_json(hostile)


def test_a_code_is_drawn_square_with_its_quiet_border() -> None:
    lines = drawn("2@abc").plain.split("\n")
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) * 2 - len(lines[0]) in (0, 1)
    assert lines[0].strip() == ""
