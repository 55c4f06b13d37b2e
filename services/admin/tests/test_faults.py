"""Is what msgspec finds wrong said in plain words, by the field's name, wherever it may happen?"""

from typing import Annotated, Any, Literal

import msgspec
import msgspec.inspect as mi
import pytest
from msgspec import Meta

from admin.app import build
from admin.http.endpoint import Endpoint
from admin.http.faults import told
from admin.http.kinds import takes_of
from admin.http.reading import body_of
from admin.settings import AdminSettings
from shared.clock import SYSTEM
from shared.service import new_platform
from shared.settings import StreamSettings


class Part(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    note: str = ""


class Dog(msgspec.Struct, tag="dog"):
    name: str


class Cat(msgspec.Struct, tag="cat"):
    name: str


class Whole(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One field of every kind."""

    needed: int = 1
    word: Annotated[str, Meta(pattern="^a+$", extra={"takes": "the letter a"})] = "a"
    odd: Annotated[str, Meta(pattern="^b+$")] = "b"
    text: Annotated[str, Meta(min_length=2, max_length=3)] = "xx"
    full: Annotated[str, Meta(min_length=1)] | None = None
    level: Annotated[int, Meta(ge=1, le=3)] = 1
    share: Annotated[float, Meta(gt=0, lt=0.5)] = 0.1
    step: Annotated[float, Meta(multiple_of=0.5)] = 1
    sure: bool = True
    which: Literal["one", "two"] = "one"
    maybe: Literal["one", "two"] | None = None
    parts: Annotated[list[Part], Meta(max_length=1)] = []
    names: dict[Annotated[str, Meta(min_length=1)], Annotated[str, Meta(max_length=2)]] = {}
    when: int | str | None = None
    pet: Dog | Cat | None = None
    data: bytes = b""


FAULTS = [
    ({"word": "b"}, "word", "takes the letter a"),
    ({"odd": "a"}, "odd", "is not written as it should be"),
    ({"text": "x"}, "text", "is too short: at least 2 characters"),
    ({"text": "xxxx"}, "text", "is too long: at most 3 characters"),
    ({"full": ""}, "full", "is empty"),
    ({"level": 0}, "level", "must be at least 1"),
    ({"level": 4}, "level", "must be at most 3"),
    ({"level": 1.5}, "level", "must be a whole number"),
    ({"level": "many"}, "level", "must be a whole number"),
    ({"needed": None}, "needed", "must be a whole number"),
    ({"share": 0}, "share", "must be more than 0"),
    ({"share": 1}, "share", "must be less than 0.5"),
    ({"step": 0.3}, "step", "must be a multiple of 0.5"),
    ({"sure": "perhaps"}, "sure", "must be true or false"),
    ({"which": "three"}, "which", "must be one of one, two, not 'three'"),
    ({"which": 3}, "which", "must be one of one, two"),
    ({"maybe": "three"}, "maybe", "must be one of one, two, not 'three'"),
    ({"parts": [{"count": 1}, {"count": 2}]}, "parts", "is too long: at most 1 entry"),
    ({"parts": [{"count": "x"}]}, "parts[0].count", "must be a whole number"),
    ({"parts": [{}]}, "parts[0].count", "is missing"),
    ({"parts": [{"count": 1, "nots": ""}]}, "parts[0].nots", "there is no such field; there are count, note"),
    ({"parts": {}}, "parts", "must be a list"),
    ({"names": {"k": "long"}}, "names[...]", "is too long: at most 2 characters"),
    ({"names": {"": "x"}}, "names", "has a name that is empty"),
    ({"when": []}, "when", "must be a whole number or a text"),
    ({"pet": {"type": "cow"}}, "pet.type", "'cow' is not known"),
    ({"pet": {}}, "pet.type", "is missing"),
    ({"pet": 1}, "pet", "must be an object with fields"),
    ({"data": "***"}, "data", "is not base64"),
    ([], "", "must be an object with fields"),
]


@pytest.mark.parametrize(("given", "field", "said"), FAULTS, ids=[f"{field}: {said}" for _, field, said in FAULTS])
def test_every_fault_is_said_in_plain_words(given: Any, field: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(given), type=Whole)
    assert told(refused.value, Whole) == (field, said)


def test_a_message_of_a_newer_msgspec_is_still_told() -> None:
    assert told(ValueError("Something new - at `$.parts[3].count`"), Whole) == ("parts[3].count", "something new")
    assert told(ValueError("Expected `int` >= 3 - at `$.gone.deep[0]`"), Whole) == (
        "gone.deep[0]",
        "must be at least 3",
    )


def test_a_body_is_refused_with_the_field_and_the_words() -> None:
    with pytest.raises(Exception, match=r"^parts\[0\]\.count: is missing$") as refused:
        body_of(b'{"parts": [{}]}', Whole)
    assert getattr(refused.value, "more", None) == {"parameter": "parts[0].count"}


def _endpoints() -> list[Endpoint]:
    settings = AdminSettings(redis_url="redis://127.0.0.1:1/0", admin_token="t")
    app = build(settings, new_platform("admin", settings, StreamSettings(), SYSTEM))
    owners = [getattr(route.handler, "__self__", None) for route in app.router.routes()]
    return list({id(one): one for one in owners if isinstance(one, Endpoint)}.values())


def _patterns(about: Any, seen: set[int]) -> list[tuple[str, str]]:
    """Every pattern of a type, with the words beside it."""
    if id(about) in seen or not isinstance(about, mi.Type | mi.Field | tuple):
        return []
    seen.add(id(about))
    own = []
    if isinstance(about, mi.Metadata) and isinstance(about.type, mi.StrType) and about.type.pattern:
        own, about = [(about.type.pattern, takes_of(about))], ()
    elif isinstance(about, mi.StrType) and about.pattern:
        own = [(about.pattern, "")]
    parts = about if isinstance(about, tuple) else [getattr(about, name) for name in about.__struct_fields__]
    return own + [found for part in parts for found in _patterns(part, seen)]


async def test_every_pattern_of_the_api_says_what_it_takes() -> None:
    kinds = [kind for one in _endpoints() for kind in (one.query, one.body) if kind is not None]
    found = {pair for kind in kinds for pair in _patterns(mi.type_info(kind), set())}
    assert len(found) >= 3
    assert [pattern for pattern, takes in found if not takes] == []
