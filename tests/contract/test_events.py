"""Does today's code read yesterday's log, and say what it cannot read?"""

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Undecodable
from shared.events import TYPES, Event, SendRequested, Text, content_digest, decode, encode, following, to_json
from tests.contract import golden

STORED = list(golden.stored())
SENT: Any = msgspec.structs.replace(
    next(event for name, event in golden.examples(SendRequested) if name == "least"), content=Text(text="oi")
)


# ── golden bytes ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("tag", "path"), STORED, ids=[f"{tag}/{path.stem}" for tag, path in STORED])
def test_bytes_that_were_ever_written_read_the_same(tag: str, path: Path) -> None:
    view = json.loads(path.read_text(encoding="utf-8"))
    event = decode(bytes.fromhex(view["msgpack"]))
    assert msgspec.to_builtins(event) == _tuples(view["json"])
    assert type(event).__struct_config__.tag == tag
    assert json.loads(msgspec.json.encode(event)) == view["json"]


def _tuples(view: Any) -> Any:
    return msgspec.to_builtins(decode(msgspec.msgpack.encode(view)))


@pytest.mark.parametrize("tag", TYPES)
def test_every_type_has_golden_bytes(tag: str) -> None:
    wanted = {name for name, _ in golden.examples(TYPES[tag])}
    kept = {path.stem for stored, path in STORED if stored == tag}
    assert wanted <= kept, "run `python tests/contract/golden.py --write`"


def test_no_type_that_was_ever_written_is_forgotten() -> None:
    assert {tag for tag, _ in STORED} <= set(TYPES)


def test_the_writer_changes_nothing_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    assert golden.write()
    kept = tmp_path / "send.requested.v1" / "least.json"
    kept.write_text("old")
    assert golden.write() == []
    assert kept.read_text() == "old"


@pytest.mark.parametrize("tag", TYPES)
def test_a_type_says_its_version(tag: str) -> None:
    name, _, version = tag.rpartition(".v")
    assert name
    assert version.isdigit()


# ── round trips ────────────────────────────────────────────────────────────────────────────────────────────────────
def events() -> st.SearchStrategy[Event]:
    texts = st.text(st.characters(exclude_categories=["Cs"]))
    times = st.integers(-(2**63), 2**63 - 1)
    return st.one_of([_of(kind, texts, times) for kind in TYPES.values()])


def _of(kind: type[Event], texts: st.SearchStrategy[str], times: st.SearchStrategy[int]) -> st.SearchStrategy[Event]:
    shapes = [event for _, event in golden.examples(kind)]
    ints = [f.name for f in msgspec.structs.fields(kind) if f.type is int]
    plain = [f.name for f in msgspec.structs.fields(kind) if f.type is str and f.name != "id"]
    return st.builds(
        msgspec.structs.replace, st.sampled_from(shapes),
        **dict.fromkeys(plain, texts), **dict.fromkeys(ints, times),
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(events())
def test_what_is_encoded_is_decoded(event: Event) -> None:
    assert decode(encode(event)) == event
    json.dumps(to_json(event))


@settings(max_examples=300, deadline=None)
@given(events(), st.data())
def test_a_field_that_comes_later_does_not_stop_todays_code(event: Event, data: st.DataObject) -> None:
    later = msgspec.to_builtins(event) | {"a_later_field": data.draw(st.integers() | st.text(max_size=5))}
    later["a_later_field"] = later["a_later_field"] if not isinstance(later["a_later_field"], int) else 1
    assert decode(msgspec.msgpack.encode(later)) == event


# ── what cannot be read ────────────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_undecodable_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(Undecodable) as error:
        decode(data)
    assert str(error.value)


@settings(max_examples=300, deadline=None)
@given(events(), st.data())
def test_a_changed_byte_is_an_event_or_undecodable(event: Event, data: st.DataObject) -> None:
    whole = bytearray(encode(event))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Undecodable):
        decode(bytes(whole))


@settings(max_examples=300, deadline=None)
@given(events(), st.data())
def test_a_cut_event_is_undecodable(event: Event, data: st.DataObject) -> None:
    whole = encode(event)
    with pytest.raises(Undecodable, match="not MessagePack"):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


def changed(**fields: Any) -> bytes:
    view = msgspec.to_builtins(SENT) | fields
    return msgspec.msgpack.encode({name: value for name, value in view.items() if value is not ...})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not MessagePack"),
        (b"\xc1", "not MessagePack"),
        (b"\x91" * 100_000, "not MessagePack"),
        (b"\xa4\xff\xff\xff\xff", "not MessagePack|malformed"),
        (msgspec.msgpack.encode([1]), "malformed"),
        (msgspec.msgpack.encode({}), "malformed"),
        (changed(type=7), "malformed"),
        (changed(type="send.requested.v2"), r"unknown event type 'send.requested.v2'; this version knows send.req.*v1"),
        (changed(type="tea.made.v1"), "unknown event type 'tea.made.v1'$"),
        (changed(to=...), "send.requested.v1.* missing required field `to`"),
        (changed(occurred_at="today"), r"\$.occurred_at"),
        (changed(content={"kind": "hologram"}), r"hologram"),
        (changed(id="7"), "event id '7'"),
        (changed(id=""), "event id ''"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason) as error:
        decode(data)
    assert len(str(error.value)) < 500


def test_the_view_for_people_has_readable_times() -> None:
    view = to_json(SENT)
    assert view["occurred_at"] == "2026-11-24T00:16:10.123+00:00"
    assert to_json(msgspec.structs.replace(SENT, occurred_at=2**62))["occurred_at"] == f"{2**62} ms"


def test_what_follows_is_the_same_event_however_often_its_step_runs() -> None:
    one = following(type(SENT), SENT, "send", 1, to="1", content=Text(text="a"), send_class="reply")
    two = following(type(SENT), SENT, "send", 2, to="1", content=Text(text="b"), send_class="reply")
    other = following(type(SENT), SENT, "send/2", 1, to="1", content=Text(text="a"), send_class="reply")
    assert one.id == two.id != other.id
    assert (one.causation_id, one.correlation_id, one.chat) == (SENT.id, SENT.id, SENT.chat)


def test_words_are_the_same_whatever_white_space_a_gateway_trims() -> None:
    assert content_digest(Text(text=" Olá \n mundo ")) == content_digest(Text(text="Olá mundo"))
    assert content_digest(Text(text="Olá")) != content_digest(Text(text="Ola"))
