"""How are sends put on the outbound stream, as the responder does, without the responder?"""

from collections.abc import Sequence

import redis

from shared import ids
from shared.events import SendRequested, Text, encode
from shared.streams import keys


def request_sends(url: str, sends: Sequence[tuple[str, str]], instance: str = "demo") -> None:
    """A reply for each pair of chat and text, in this order."""
    with redis.Redis.from_url(url) as client:
        pipe = client.pipeline(transaction=False)
        for chat, text in sends:
            send = SendRequested(
                id=ids.new(), instance=instance, chat=chat, occurred_at=0, recorded_at=0, to=chat,
                content=Text(text=text), send_class="reply",
            )  # fmt: skip
            pipe.xadd(keys.outbound(instance), {"e": encode(send)})
        pipe.sadd(keys.INSTANCES, instance)
        pipe.xadd(keys.wake("sender"), {"i": instance})
        pipe.execute()
