"""Do VIPs go first, though the pace is slow and the rest was there before them, and does the rest still move?"""

from shared.streams import keys
from tests.support.gateway import Gateway
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

PACE = {"WA_TOKENS_PER_SECOND": "20", "WA_BUCKET_CAPACITY": "1", "SEND_UNCONFIRMED_AFTER_S": "0"}


async def test_a_vip_passes_a_backlog_that_was_there_before_it(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """More chats are ready than one read asks for: what is not read yet must not wait behind them."""
    async with sender(redis_url, gateway, **PACE):
        await streams.put(*(a_send("normal", f"55119000000{n:02}") for n in range(90)))
        await until(lambda: len(gateway.calls) >= 5)
        for n in range(8):
            before = len(gateway.calls)
            await streams.put(a_send(f"vip{n}", f"551197777777{n}", vip=True))
            await until(lambda n=n: gateway.calls[-1].text == f"vip{n}")
            assert len(gateway.calls) - before <= 3, "those that had their token already, and it"


async def test_a_steady_load_of_vips_leaves_the_rest_a_fifth(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await streams.put(*(a_send("v", f"55119000000{n:02}", vip=True) for n in range(80)))
    await streams.put(*(a_send("n", f"55119111111{n:02}") for n in range(80)))
    async with sender(redis_url, gateway, **PACE):
        await until(lambda: len(gateway.calls) >= 50)
    sent = [call.text for call in gateway.calls][:50]
    for first in range(0, 40, 10):
        assert 1 <= sent[first : first + 10].count("n") <= 4, "".join(sent)


async def test_the_order_within_a_chat_is_kept_on_either_stream(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    for n in range(40):
        await streams.put(a_send(f"v{n}", "5511922220001", vip=True), a_send(f"n{n}", "5511922220002"))
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await until(streams.idle)
    for kind in "vn":
        assert [call.text for call in gateway.calls if call.text[0] == kind] == [f"{kind}{n}" for n in range(40)]
    assert not await streams.client.xlen(keys.outbound_vip(streams.instance))
