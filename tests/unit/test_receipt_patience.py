"""A receipt that cannot be joined waits for two minutes and is looked at a few times, whoever's clock is ahead."""

from unittest import mock

import pytest

from sender.receipts import PATIENCE_MS, ReceiptHandler
from shared import ids
from shared.clock import ManualClock
from shared.events import ReceiptRecorded, encode
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Entry
from shared.streams.progress import Progress


@pytest.mark.parametrize("ahead_ms", [-3_000, 0, 3_000, 3_600_000, 400 * 86_400_000])
async def test_it_is_parked_a_few_times_and_then_done_with(ahead_ms: int) -> None:
    clock = ManualClock()
    handler = ReceiptHandler(mock.Mock(call=mock.AsyncMock(return_value=None)), clock, 120, mock.Mock())
    told = clock.now_ms() + ahead_ms
    receipt = ReceiptRecorded(
        id=ids.new(clock), instance="wa1", chat="5511988887777", occurred_at=told, recorded_at=told,
        message_id="3EB0", status="read",
    )  # fmt: skip
    began, parks = clock.now_ms(), 0
    while True:
        delivery = Delivery(Entry(keys.receipts("wa1"), "1-0", encode(receipt)), receipt, Progress(), fence=1)
        done = await handler.handle(delivery, mock.Mock())
        assert isinstance(done, Done)
        if not done.parks:
            break
        parks += 1
        assert parks < 15
        (park,) = done.parks
        assert isinstance(park.event, ReceiptRecorded)
        receipt = park.event
        clock.advance((park.due_ms - clock.now_ms()) / 1000)
    assert PATIENCE_MS - 3_000 <= clock.now_ms() - began <= PATIENCE_MS
    assert parks > 5
