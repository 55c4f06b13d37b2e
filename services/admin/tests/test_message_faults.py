"""Is a message that cannot be sent refused with the name of what is wrong, before anything is written?"""

import datetime as dt
import time

import pytest

from admin.http.problems import Problem
from admin.messages.address import recipient, shown
from admin.messages.when import send_time

GOOD = {"instance": "wa1", "to": "5511988887777", "text": "oi"}
IMAGE = {"mediatype": "image", "source": "https://example.org/a.png"}
BUTTONS = {"title": "Confirma?", "buttons": [{"id": "yes", "text": "Sim"}]}
FOUR = [{"id": f"{n}", "text": "A"} for n in range(4)]
FAULTS = [
    ({"to": None}, "to"),
    ({"to": 5511988887777}, "to"),
    ({"to": "maria"}, "to"),
    ({"to": "1234567"}, "to"),
    ({"to": "0119888877"}, "to"),
    ({"to": "98888-7777"}, "to"),
    ({"to": "1234567890123456"}, "to"),
    ({"to": "١٢٣٤٥٦٧٨٩"}, "to"),
    ({"to": "120363000000000000@g.us"}, "to"),
    ({"instance": 1}, "instance"),
    ({"instance": "wa{1}"}, "instance"),
    ({"text": ""}, "text"),
    ({"text": " \n\x00"}, "text"),
    ({"text": 1}, "text"),
    ({"text": "x" * 4_097}, "text"),
    ({"text": None}, "text"),
    ({"media": IMAGE}, "text"),
    ({"template": "hello"}, "template"),
    ({"class": "reply"}, "class"),
    ({"priority": "high"}, "priority"),
    ({"ttl_s": 0}, "ttl_s"),
    ({"ttl_s": 1.5}, "ttl_s"),
    ({"ttl_s": 10**9}, "ttl_s"),
    ({"send_at": "tomorrow"}, "send_at"),
    ({"send_at": "2027-03-01T09:00:00"}, "send_at"),
    ({"send_at": "1999-01-01T00:00:00Z"}, "send_at"),
    ({"send_at": "9999-12-31T23:59:59Z"}, "send_at"),
    ({"send_at": "0001-01-01T00:00:00+14:00"}, "send_at"),
    ({"send_at": 1_795_479_370}, "send_at"),
    ({"send_at": -1}, "send_at"),
    ({"send_at": 2**62}, "send_at"),
    ({"send_at": True}, "send_at"),
    ({"idempotency_key": "a b"}, "idempotency_key"),
    ({"idempotency_key": "x" * 201}, "idempotency_key"),
    ({"sendat": 1}, "sendat"),
    ({"text": None, "media": {**IMAGE, "mediatype": "sticker"}}, "media.mediatype"),
    ({"text": None, "media": {"mediatype": "image"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "url": "x"}}, "media.url"),
    ({"text": None, "media": {**IMAGE, "source": "data:image/png;base64,AAAA"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "source": "file:///etc/passwd"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "source": "https://"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "source": "not base64!"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "caption": "x" * 1025}}, "media.caption"),
    ({"text": None, "media": {**IMAGE, "source": "http://10.0.0.1/a.png"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "source": "http://localhost/a.png"}}, "media.source"),
    ({"text": None, "media": {**IMAGE, "source": "upload:7"}}, "media.source"),
    ({"buttons": BUTTONS}, "text"),
    ({"text": None, "buttons": {**BUTTONS, "buttons": []}}, "buttons.buttons"),
    ({"text": None, "buttons": {**BUTTONS, "buttons": [{"id": "a", "text": "A"}] * 2}}, "buttons.buttons"),
    (
        {"text": None, "buttons": {**BUTTONS, "buttons": FOUR}},
        "buttons.buttons",
    ),
    ({"text": None, "list": {"title": "t", "button": "b", "sections": []}}, "list.sections"),
    ({"text": None, "reaction": {"message_id": "3A 1", "emoji": "👍"}}, "reaction.message_id"),
    ({"text": None, "location": {"latitude": 91, "longitude": 0, "name": "a", "address": "b"}}, "location.latitude"),
    ({"text": None, "location": {"latitude": 1, "longitude": 0, "name": "a"}}, "location.address"),
]


@pytest.mark.parametrize(
    ("fault", "parameter"), FAULTS, ids=[f"{next(iter(f))}-{n}" for n, (f, _) in enumerate(FAULTS)]
)
async def test_the_fault_is_named(new_admin, fault: dict, parameter: str) -> None:
    client = await new_admin(wa_instances="wa1")
    answer = await client.post("/admin/messages", json=GOOD | fault)
    problem = await answer.json()
    assert (answer.status, problem["parameter"]) == (400, parameter), problem
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"text": "\\ud800"}', b"[" * 100_000])
async def test_a_body_that_is_no_message(new_admin, body: bytes) -> None:
    client = await new_admin(wa_instances="wa1")
    answer = await client.post("/admin/messages", data=body)
    assert answer.status == 400
    assert answer.content_type == "application/problem+json"


async def test_two_keys_that_differ(new_admin) -> None:
    client = await new_admin(wa_instances="wa1")
    body = GOOD | {"idempotency_key": "one"}
    answer = await client.post("/admin/messages", json=body, headers={"Idempotency-Key": "two"})
    assert (answer.status, (await answer.json())["parameter"]) == (400, "idempotency_key")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("5511988887777", "5511988887777"),
        ("+55 (11) 98888-7777", "5511988887777"),
        ("+1.202.555.0143", "12025550143"),
        ("5511988887777@s.whatsapp.net", "5511988887777"),
        ("123456789012345@lid", "123456789012345@lid"),
    ],
)
def test_a_number_is_read_as_people_write_it(given: str, name: str) -> None:
    assert recipient(given) == name


@pytest.mark.parametrize(
    ("given", "country", "name"),
    [
        ("(11) 97777-6666", "BR", "5511977776666"),
        ("11977776666", "BR", "5511977776666"),
        ("011 97777-6666", "BR", "5511977776666"),
        ("(11) 5550-0100", "BR", "551155500100"),
        ("55 99999-8888", "BR", "5555999998888"),  # 55 is an area, too
        ("5511977776666", "BR", "5511977776666"),
        ("551177776666", "BR", "551177776666"),  # as WhatsApp names some, without the ninth digit
        ("11 7777-6666", "BR", "551177776666"),
        ("51987654321", "BR", "5551987654321"),  # Porto Alegre, and Peru with its code
        ("+51 987 654 321", "BR", "51987654321"),
        ("51987654321@s.whatsapp.net", "BR", "51987654321"),
        ("+1 197 777 6666", "BR", "11977776666"),
        ("14155550123", "BR", "14155550123"),
        ("5215512345678", "BR", "5215512345678"),
        ("55 1234 5678", "MX", "525512345678"),
        ("5215512345678", "MX", "5215512345678"),
        ("11 5555-6666", "AR", "541155556666"),
        ("011 15 5555-6666", "AR", "5491155556666"),
        ("612 34 56 78", "ES", "34612345678"),
        ("0034 612 34 56 78", "ES", "34612345678"),
        ("912 345 678", "PT", "351912345678"),
        ("(415) 555-0123", "US", "14155550123"),
        ("123456789012345@lid", "BR", "123456789012345@lid"),
    ],
)
def test_a_number_without_a_country_code_is_one_of_the_clinics_country(given: str, country: str, name: str) -> None:
    assert recipient(given, country) == name


@pytest.mark.parametrize("given", ["97777-6666", "119777766", "12", "999", "11977776666x", "5,51198E+12", ""])
def test_a_number_that_is_neither_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(Problem) as refused:
        recipient(given, "BR", "recipients[3].to")
    assert refused.value.more["parameter"] == "recipients[3].to"
    assert refused.value.detail.startswith(
        "`recipients[3].to` is a phone number with its country code, such as +55 11 96123-4567, or one of the clinic's"
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("5511977776666", "+55 11 97777-6666"),
        ("14155550123", "+1 415-555-0123"),
        ("123456789012345@lid", "123456789012345@lid"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_recipient_is_shown_as_people_write_numbers(name: str, written: str) -> None:
    assert shown(name) == written


def test_a_moment_is_read_in_both_ways() -> None:
    now = round(time.time() * 1000)
    later = dt.datetime.fromtimestamp(now // 1000 + 3600, dt.timezone(dt.timedelta(hours=-3)))
    assert send_time(later.isoformat(), now) == (now // 1000 + 3600) * 1000
    assert send_time(now + 5000, now) == now + 5000
    assert send_time(now - 1000, now) is None  # a slow clock: it goes now
    with pytest.raises(Problem):
        send_time(now - 400_000, now)
