"""What the clinic says beside its replies is known to whoever would take a later yes for the answer to a reply."""

import pytest

from sender.acceptance import interruption
from shared.events.sends import SendClass
from shared.streams import keys
from tests.support.replica import INSTANCE, a_send


@pytest.mark.parametrize("send_class", ["reminder", "broadcast", "staff"])
def test_it_is_known_in_every_spelling_of_the_chat(send_class: SendClass) -> None:
    marks = interruption(a_send("Confirma amanhã?", "5511988887777", send_class=send_class), 5)
    for chat in ("5511988887777", "551188887777"):
        assert [(one.key, one.value) for one in marks] == [(keys.interrupted(INSTANCE, chat), "5")]


def test_a_reply_interrupts_nothing() -> None:
    assert interruption(a_send("Temos sim.", "5511988887777", send_class="reply"), 5) == ()
