"""Is what the API refuses said in the reader's language? Every sentence here is one that a route says."""

import re
from typing import Any

import pytest

from admin.access.tokens_desk import NewToken
from admin.http.problems import Problem
from admin.http.reading import body_of
from admin.instances import check_name
from admin.messages.address import recipient
from admin.numbers.limits import Limits
from admin.page.refusals import SHAPES, said
from admin.page.rooms.pasted import lines
from admin.page.rooms.schedule import moment_of
from admin.page.words import LANGUAGES, Language, Words
from admin.steering.asking import confirmed
from admin.steering.matching import changed
from admin.steering.moments import moment
from admin.streams.operations.counted import Counted, check_counted
from admin.streams.operations.order import check_confirmation

BODIES = [
    (NewToken, b'{"name": "Ana", "role": "staff"}', "takes_name"),
    (NewToken, b'{"role": "staff"}', "missing"),
    (NewToken, b'{"name": "ana", "role": "boss"}', "one_of"),
    (NewToken, b'{"name": "ana", "role": "staff", "ttl_s": 1}', "at_least"),
    (NewToken, b'{"name": "ana", "role": "staff", "ttl_s": "long"}', "whole_number"),
    (NewToken, b'{"name": "ana", "role": "staff", "tttl": 1}', "no_such_field"),
    (Limits, b'{"tokens_per_second": "fast"}', "number"),
    (Limits, b'{"tokens_per_second": 1000}', "at_most"),
]


def _refusal(of: Any, *given: Any) -> str:
    with pytest.raises(Problem) as refused:
        of(*given)
    return refused.value.detail


def _sentences() -> list[tuple[str, str]]:
    counted = Counted("x", 2, "r1")
    return [
        *((word, _refusal(body_of, data, kind)) for kind, data, word in BODIES),
        ("phone", _refusal(recipient, "maria")),
        ("phone", _refusal(recipient, "97777-6666", "BR", "recipients[2].to")),
        ("instance_name", _refusal(check_name, "a{b}")),
        ("confirm_wrong", _refusal(confirmed, "dmo", "demo")),
        ("confirm_wrong", _refusal(check_confirmation, "dmo", "demo")),
        ("confirm_missing", _refusal(confirmed, "", "demo")),
        ("confirm_missing", _refusal(check_confirmation, "", "demo")),
        ("past", _refusal(moment, 1, 2, "send_at")),
        ("far", _refusal(moment, 10**15, 2, "send_at")),
        ("no_time", _refusal(moment, "soon", 2, "send_at")),
        ("no_time", _refusal(moment_of, "soon", None)),
        ("no_list", _refusal(lines, "", [])),
        ("changed", changed().detail),
        ("counted_more", _refusal(check_counted, counted, 3, "r1")),
        ("counted_holder", _refusal(check_counted, counted, 2, "")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_said_in_every_language(language: Language) -> None:
    words = Words(language)
    told = [(word, sentence, said(words, sentence)) for word, sentence in _sentences()]
    assert [(word, sentence) for word, sentence, text in told if not text] == []
    for word, sentence, text in told:
        shape = re.compile(SHAPES[word], re.S)
        assert shape.fullmatch(sentence), sentence
        assert text != sentence


def test_in_words() -> None:
    pt = Words("pt")
    assert said(pt, _refusal(check_confirmation, "x", "demo")) == (
        "Não confere: escreva o nome do número exatamente assim: demo"
    )
    assert said(pt, _refusal(check_counted, Counted("x", 2, "r1"), 2, "")) == (
        "Quem tem a fila agora é ninguém, não r1. Nada foi feito."
    )
    assert said(pt, "the variable 'name' is missing; the template wants name, day") == "Falta preencher: Nome."
    assert said(pt, "something that nobody has put into words yet") is None
