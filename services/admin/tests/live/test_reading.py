"""Which facts of the log do the views look at? All but those of which nothing is shown."""

from admin.views.folding.working import IGNORED
from admin.views.projecting.projector import plain
from admin.views.projecting.reading import read_batch
from shared.events import TYPES
from shared.streams.scripts import Scripts
from tests.contract import golden
from tests.support.log import write

WA1 = "wa1"
UNSEEN = {
    "admin.acted.v1", "broadcast.started.v1", "broadcast.stopped.v1", "message.heard.v1", "person.erased.v1",
    "presence.requested.v1", "receipt.recorded.v1", "send.echoed.v1",
}  # fmt: skip


def test_a_type_that_is_ignored_is_meant_to_be() -> None:
    assert {TYPES[name] for name in UNSEEN} == IGNORED


async def test_every_other_fact_is_read_whatever_its_shape(client, redis_url) -> None:
    facts = [fact for kind in TYPES.values() for _, fact in golden.examples(kind)]
    await write(client, WA1, facts)
    async with plain(redis_url) as reader:
        batch, end, count = await read_batch(Scripts(reader), WA1, "0-0", len(facts) + 1)
        assert [fact for _, fact in batch] == [fact for fact in facts if type(fact) not in IGNORED]
        assert count == len(facts)
        assert (await read_batch(Scripts(reader), WA1, end, 1)) == ([], end, 0)
