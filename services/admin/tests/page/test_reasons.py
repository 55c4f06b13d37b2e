"""Is every reason that the API gives for trouble said in the reader's language?"""

from dataclasses import replace

import pytest

from admin.page.reasons import said
from admin.page.words import LANGUAGES, Language, Words
from admin.streams import health
from admin.streams.durability import Server
from admin.streams.health import Surroundings
from admin.streams.readings import Reading, StreamReading, ViewsReading


def _reading(depth: int, dead: int = 0) -> Reading:
    stream = StreamReading(depth=depth, pending=0, lag=0, last_delivered_id="0-0", oldest_ms=None)
    views = ViewsReading(missed=dead)
    return Reading("wa1", dict.fromkeys(("stream", "vip", "inbound"), stream), 0, dead, 0, {}, views)


def _all() -> list[str]:
    """Every shape that there is."""
    off = Server("redis", "7.0", aof=False, snapshots=False)
    nobody = Surroundings({"sender": (), "responder": ()}, off, 100)
    busy = Surroundings({"sender": ("s",), "responder": ("r",)}, off, 100)
    told = health.of_all([_reading(90, 3), _reading(90)] * 4, nobody).reasons
    broken = health.why_degraded(replace(_reading(0), trouble="WRONGTYPE"), busy)
    return [*told, *broken, *health.why_degraded(_reading(90, 1), busy), "wa1: the number is not connected: close"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_said(language: Language) -> None:
    words, reasons = Words(language), _all()
    assert len({reason.partition(": ")[2] or reason for reason in reasons}) > 6
    told = {reason: said(words, reason) for reason in reasons}
    if language != "en":
        assert [reason for reason, text in told.items() if text == reason] == []
    assert all(text.startswith("wa1: ") for reason, text in told.items() if reason.startswith("wa1: "))


def test_in_words() -> None:
    assert said(Words("pt"), "wa1: dead letters: 2") == "wa1: 2 mensagens não enviadas esperam por uma decisão"
    assert said(Words("pt"), "wa1: the views lack 1 facts that left the log before they were read") == (
        "wa1: às vistas falta 1 fato, que saiu do registro antes de ser lido"
    )
    assert said(Words("pt"), "something new") == "something new"
