"""A webhook to start from, and the way to post it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.webhook import Translation, translate
from shared.clock import ManualClock

Post = Callable[..., Translation]
SENT_S = 1_795_479_370
PHONE = "5511988887777"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SENT_S * 1000 + 250)


@pytest.fixture
def post(clock: ManualClock) -> Post:
    """Posts a webhook of the instance `wa1`: an event, its data, and what else the envelope has."""

    def posted(event: str, data: Any, *, reactions: bool = False, **envelope: Any) -> Translation:
        body = {"event": event, "instance": "wa1", "data": data, "apikey": "s3cr3t"} | envelope
        return translate("wa1", json.dumps(body).encode(), clock=clock, reactions=reactions)

    return posted


@pytest.fixture
def says(post: Post) -> Callable[..., Any]:
    """Posts a patient's message with this content, and answers its only fact."""

    def said(message: Any, *, key: dict[str, Any] | None = None, **data: Any) -> Any:
        whole = {"id": "A1", "remoteJid": f"{PHONE}@s.whatsapp.net", "fromMe": False} | (key or {})
        found = post("messages.upsert", {"key": whole, "message": message, "messageTimestamp": SENT_S} | data)
        assert found.ignored == ()
        (record,) = found.records
        return record.event

    return said
