"""Edits, revokes and receipts are facts about the original message, and each is told once."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.webhook import Translation
from shared.events import ConnectionChanged, MessageEdited, MessageRevoked, ReceiptRecorded

Post = Callable[..., Translation]
JID = "5511988887777@s.whatsapp.net"
KEY = {"id": "A1", "remoteJid": JID, "fromMe": False}


def test_two_edits_of_one_message_are_two_facts(post: Post) -> None:
    def edit(text: str, **more: Any) -> str:
        data = {"key": KEY, "type": "MESSAGE_EDIT", "editedMessage": {"conversation": text}} | more
        (record,) = post("messages.edited", data).records
        assert isinstance(record.event, MessageEdited)
        assert (record.event.message_id, record.event.text, record.work) == ("A1", text, False)
        return record.dedupe

    assert edit("b", timestampMs="1795479390533") == edit("b", timestampMs=1795479390533)
    assert edit("b", timestampMs="1795479390533") != edit("b", timestampMs="1795479390534")
    assert edit("b") == edit("b") != edit("c")


def test_an_edited_caption_is_the_new_text(post: Post) -> None:
    data = {"key": KEY, "type": "MESSAGE_EDIT", "editedMessage": {"imageMessage": {"caption": "nova"}}}
    (record,) = post("messages.edited", data).records
    assert isinstance(record.event, MessageEdited)
    assert record.event.text == "nova"


@pytest.mark.parametrize("type_", [None, 0, "EPHEMERAL_SETTING", {}])
def test_other_protocol_messages_are_ignored(post: Post, type_: Any) -> None:
    assert post("messages.edited", {"key": KEY, "type": type_}).ignored == ("protocol",)


@pytest.mark.parametrize(
    "data",
    [
        KEY,
        KEY | {"status": "DELETED"},
        {"id": "cmwty450c001qdn7d5d735z1s", "key": KEY, "messageType": "conversation", "message": {}},
    ],
)
def test_a_deletion_is_the_revoke_of_the_original(post: Post, data: Any) -> None:
    (record,) = post("messages.delete", data).records
    (same,) = post("messages.edited", {"key": KEY, "type": "REVOKE"}).records
    assert isinstance(record.event, MessageRevoked)
    assert record.event.message_id == "A1"
    assert record.dedupe == same.dedupe == "revoke:A1"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("ERROR", "error"), ("PENDING", "pending"), ("SERVER_ACK", "server_ack"), ("DELIVERY_ACK", "delivery_ack"),
        ("READ", "read"), ("PLAYED", "played"), ("DELETED", "deleted"),
    ],
)  # fmt: skip
def test_a_receipt_is_joined_by_key_id(post: Post, told: str, status: str) -> None:
    data = {"keyId": "B1", "messageId": "row", "remoteJid": JID, "fromMe": True, "status": told}
    (record,) = post("messages.update", data).records
    assert isinstance(record.event, ReceiptRecorded)
    assert (record.event.message_id, record.event.status, record.event.own) == ("B1", status, True)
    assert record.dedupe == f"receipt:B1:{status}"


@pytest.mark.parametrize("status", ["EATEN", "", None, 3, []])
def test_an_unknown_status_is_ignored(post: Post, status: Any) -> None:
    data = {"keyId": "B1", "remoteJid": JID, "status": status}
    assert post("messages.update", data).ignored == ("unknown_status",)


def test_several_items_are_several_facts(post: Post) -> None:
    one = {"keyId": "B1", "remoteJid": JID, "status": "READ"}
    found = post("messages.update", [one, one | {"keyId": "B2"}, one | {"keyId": 5}, one | {"remoteJid": "1@g.us"}])
    assert [record.dedupe for record in found.records] == ["receipt:B1:read", "receipt:B2:read"]
    assert sorted(found.ignored) == ["group", "malformed"]
    assert post("messages.update", []).records == ()


@pytest.mark.parametrize(
    ("event", "data", "state", "reason"),
    [
        ("connection.update", {"state": "open", "statusReason": 200}, "open", 200),
        ("connection.update", {"state": "connecting"}, "connecting", None),
        ("connection.update", {"state": "close", "statusReason": "401"}, "close", 401),
        ("connection.update", {"state": "close", "statusReason": 10**12}, "close", None),
        ("status.instance", {"status": "closed", "disconnectionReasonCode": 401}, "close", 401),
        ("status.instance", {"status": "removed"}, "removed", None),
        ("logout.instance", None, "logged_out", None),
        ("remove.instance", None, "removed", None),
        ("instance.delete", {"instanceName": "wa1"}, "removed", None),
    ],
)
def test_a_change_of_the_connection_is_told(post: Post, event: str, data: Any, state: str, reason: int | None) -> None:
    first, again, later = (
        post(event, data, date_time=f"2026-11-24T00:16:{second}.000Z").records[0] for second in (10, 10, 11)
    )
    assert isinstance(first.event, ConnectionChanged)
    assert (first.event.state, first.event.reason, first.event.chat) == (state, reason, "")
    assert first.dedupe == again.dedupe != later.dedupe


def test_an_unknown_state_is_ignored(post: Post) -> None:
    assert post("connection.update", {"state": "refused"}).ignored == ("unknown_status",)
    assert post("status.instance", {}).ignored == ("unknown_status",)
