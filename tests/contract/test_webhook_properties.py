"""Whatever is posted, it becomes facts that can be written, or one error that says what is wrong."""

import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.auth import Authenticator
from ingest.webhook import EVENTS, REASONS, BadWebhook, Translation, translate
from ingest.webhook.clean import TEXT_MAX
from shared.clock import ManualClock
from shared.events import decode, encode

CAPTURES = Path(__file__).parents[1] / "captures"
SECRET = "5up3r-53cr3t-4p1k3y"
FILES = [path for folder in ("webhooks", "v2.3.7", "baileys-real-offline") for path in (CAPTURES / folder).glob("*")]
BODIES = [found["body"] for path in sorted(FILES) if "event" in (found := json.loads(path.read_text())).get("body", {})]
CASES = settings(max_examples=300, deadline=None)
ODD: st.SearchStrategy[Any] = st.sampled_from([
    None, True, 0, -1, 1e300, 2**63, 10**40, "", "\x00", "\ud800", "a\udfffb", "{", "oi", "1795479370", "5511988887777",
    "1@lid", "1@g.us", "@", "status@broadcast", "READ", "REVOKE", "x" * 70_000, [], {}, {"low": -1, "high": 2**40},
    {"low": "a"}, {"0": 1}, {"message": {"conversation": "oi"}}, [[[[]]]],
])  # fmt: skip
ANYTHING = st.recursive(
    ODD | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def checked(error: BadWebhook) -> BadWebhook:
    """`error`, fit for a log line and an answer."""
    assert error.reason.isprintable()
    assert len(error.reason) < 400
    assert SECRET not in error.reason
    return error


def outcome(instance: str, body: bytes) -> Translation | BadWebhook:
    """What came of it, checked as everything that leaves `translate` is to be."""
    try:
        found = translate(instance, body, clock=ManualClock(1795480000000), reactions=True)
    except BadWebhook as error:
        return checked(error)
    assert found.event_name in EVENTS
    assert set(found.ignored) <= set(REASONS)
    for record in found.records:
        wire = encode(record.event)
        assert decode(wire) == record.event
        assert SECRET not in repr(record)
        assert 0 < len(record.dedupe.encode()) < 2000
        assert record.event.instance == instance
        assert len(getattr(record.event, "text", "")) <= TEXT_MAX
        assert "\x00" not in repr(msgspec.structs.astuple(record.event))
    return found


@CASES
@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer(body: bytes) -> None:
    outcome("wa1", body)


@CASES
@given(st.sampled_from(sorted(EVENTS)), ANYTHING, ANYTHING)
def test_any_json_under_a_known_event_is_an_answer(event: str, data: Any, date_time: Any) -> None:
    body = {"event": event, "instance": "wa1", "data": data, "date_time": date_time, "apikey": SECRET}
    outcome("wa1", json.dumps(body).encode())


@CASES
@given(st.sampled_from(BODIES), st.data())
def test_a_recorded_webhook_with_a_changed_value_is_an_answer(body: dict[str, Any], draw: st.DataObject) -> None:
    changed = json.loads(json.dumps(body))
    changed["apikey"] = SECRET
    for _ in range(draw.draw(st.integers(1, 3))):
        spot = draw.draw(st.sampled_from(_spots(changed)))
        _put(changed, spot, draw.draw(ANYTHING))
    outcome(body["instance"], json.dumps(changed).encode())


@CASES
@given(st.sampled_from(BODIES), st.data())
def test_a_recorded_webhook_with_damaged_bytes_is_an_answer(body: dict[str, Any], draw: st.DataObject) -> None:
    wire = bytearray(json.dumps(body).encode())
    at = draw.draw(st.integers(0, len(wire) - 1))
    wire[at : at + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=3))
    outcome(body["instance"], bytes(wire))


@CASES
@given(st.sampled_from([body for body in BODIES if body["event"] == "messages.upsert"]), ANYTHING)
def test_a_person_who_wrote_is_never_lost_to_odd_content(body: dict[str, Any], odd: Any) -> None:
    """Content that is not as expected makes a message unsupported; it does not make it disappear."""
    data = body["data"] | {"key": body["data"]["key"] | {"remoteJid": "5511988887777"}, "message": {"someMessage": odd}}
    found = outcome(body["instance"], json.dumps(body | {"data": data}).encode())
    assert isinstance(found, Translation)
    assert len(found.records) == 1


@CASES
@given(
    st.dictionaries(
        st.sampled_from(["Authorization", "X-Webhook-Token"]), st.text() | st.text().map("Bearer {}".format)
    )
)
def test_any_header_is_an_answer(headers: dict[str, str]) -> None:
    assert Authenticator(SECRET).accepts(headers) is False


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something can be put, the bytes of media left out."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict) and "0" not in value:
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return ([path] if path else []) + [spot for key, child in inner for spot in _spots(child, (*path, key))]


def _put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = json.loads(json.dumps(new))  # a copy: what was drawn must stay as it was
