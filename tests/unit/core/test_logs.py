"""Does the log keep patients' words, numbers and secrets to itself?"""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from shared.telemetry import logs

PHONE = "5511988887777"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged since, as it reads on standard error."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    logs.configure("sender", "r1", "INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    structlog.reset_defaults()
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    logging.getLogger().handlers[:] = handlers


@pytest.mark.parametrize(
    "said",
    [
        PHONE, f"+{PHONE}", f"{PHONE}@s.whatsapp.net", "123456789012345@lid", f"to {PHONE}, again", "+55 11 98888-7777",
        "(+55) 11 98888 7777", f"wa:{{wa1}}:bucket:{PHONE}", f"jid={PHONE}@s.whatsapp.net", f'{{"number": "{PHONE}"}}',
        f"{PHONE}:12@s.whatsapp.net", f"{PHONE}-1612345678@g.us", f"'{PHONE}'", f"{PHONE}.",
    ],
)  # fmt: skip
def test_a_phone_number_keeps_its_last_two_digits_at_most(said: str) -> None:
    hidden = logs.hide_phones(said)
    assert "8888" not in hidden
    assert "45678901" not in hidden
    assert "…" in hidden


@pytest.mark.parametrize(
    "said",
    [
        "1795479370123-0", "2026-11-24T00:16:10.123Z", "2026-11-24 00:16:10", "127.0.0.1:6379",
        "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051",
        "3EB0A6FE47B372164653A8", "status 400 after 12 s", "20261124", "port 8003",
    ],
)  # fmt: skip
def test_what_is_no_phone_number_is_left_alone(said: str) -> None:
    assert logs.hide_phones(said) == said


@pytest.mark.parametrize(
    "name", ["text", "caption", "body", "words", "content", "sender_name", "apikey", "token", "authorization",
             "Authorization", "apiKey", "api_key", "password", "secret"],
)  # fmt: skip
def test_words_and_secrets_are_told_by_their_length_alone(lines: Any, name: str) -> None:
    logs.get("x").info("event", **{name: "Tenho uma consulta?"}, fields={name: "Tenho uma consulta?"})
    (line,) = lines()
    assert "consulta" not in json.dumps(line)
    assert line[name] == "<19 characters>"
    logs.get("x").info("event", **{name: ["Tenho uma consulta?"]})
    assert "consulta" not in json.dumps(lines()[-1])


@pytest.mark.parametrize(
    "value",
    [
        PHONE, [PHONE], (f"{PHONE}@s.whatsapp.net",), {"to": PHONE}, {"a": [{"b": PHONE}]}, PHONE.encode(),
        {PHONE}, ValueError(f"no such number {PHONE}"), {PHONE: "x"}, {"raw": PHONE.encode()},
    ],
)  # fmt: skip
def test_numbers_are_hidden_wherever_they_are(lines: Any, value: Any) -> None:
    logs.get("x").warning("event", value=value)
    (line,) = lines()
    assert PHONE not in json.dumps(line)


def test_numbers_are_hidden_in_the_message_itself(lines: Any) -> None:
    logs.get("x").warning(f"could not reach {PHONE}")
    assert PHONE not in json.dumps(lines())


def test_numbers_are_hidden_in_exceptions(lines: Any) -> None:
    try:
        raise ValueError(f"no such number {PHONE}")  # noqa: TRY301
    except ValueError:
        logs.get("x").exception("failed")
        logging.getLogger("elsewhere").exception("failed with %s", PHONE)
    ours, theirs = lines()
    for line in (ours, theirs):
        assert PHONE not in json.dumps(line)
        assert "ValueError" in line["exception"]


def test_an_address_in_an_exception_does_not_tell_its_password(lines: Any) -> None:
    try:
        raise OSError("cannot reach redis://user:hunter2@redis:6379/0")  # noqa: TRY301
    except OSError as error:
        logs.get("x").exception("failed", error=str(error))
    assert "hunter2" not in json.dumps(lines())


def test_a_line_says_who_and_when(lines: Any) -> None:
    logs.get("x").info("begun", count=3)
    (line,) = lines()
    assert (line["event"], line["service"], line["replica"], line["level"], line["count"]) == (
        "begun", "sender", "r1", "info", 3,
    )  # fmt: skip
    assert line["timestamp"].startswith("20")
