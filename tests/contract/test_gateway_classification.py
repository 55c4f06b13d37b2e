"""Does every recorded answer to a send mean what the gateway's contract says it means?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sender.classify import classify
from sender.outcome import Accepted, InstanceDown, Misconfigured, Outcome, Permanent, Transient, Unconfirmed, Unknown
from tests.support.gateway import RESET, Answer, Gateway, captured, says

CAPTURES = Path(__file__).parents[1] / "captures"
FOLDERS = ("http", "baileys-sim", "v2.3.7", "baileys-real-offline")

# What the contract's table says of every recorded answer that is not a 201. A new capture must be added here.
MEANS: dict[str, type[Outcome]] = {
    "baileys-real-offline/sendText": InstanceDown,
    "baileys-real-offline/sendText_lid": InstanceDown,
    "baileys-sim/BUG_sendText_400_although_sent": Unconfirmed,
    "baileys-sim/sendMedia_image_invalid_base64_image": Permanent,
    "baileys-sim/sendMedia_image_url_unreachable": Transient,
    "baileys-sim/sendTemplate_500": Permanent,
    "baileys-sim/sendText_connection_closed_cached_number_400": InstanceDown,
    "baileys-sim/sendText_connection_closed_uncached_number_500": InstanceDown,
    "baileys-sim/sendText_empty_text_400": Permanent,
    "baileys-sim/sendText_garbage_number_400": Permanent,
    "baileys-sim/sendText_group_not_found": Permanent,
    "baileys-sim/sendText_instance_never_connected": InstanceDown,
    "baileys-sim/sendText_number_not_on_whatsapp_400": Permanent,
    "baileys-sim/sendText_rate_overlimit_400": InstanceDown,
    "baileys-sim/sendText_timed_out_during_send_400": Transient,
    "http/sendList_EVOLUTION_400": Permanent,
    "http/sendMedia_data_uri_400": Permanent,
    "http/sendMedia_document_base64_no_filename_400": Permanent,
    "http/sendMedia_loopback_url_400": Permanent,
    "http/sendMedia_no_media_400": Permanent,
    "http/sendTemplate_EVOLUTION_400": Permanent,
    "http/sendTemplate_missing_fields_400": Permanent,
    "http/sendText_bad_apikey_401": Misconfigured,
    "http/sendText_bearer_header_instead_of_apikey_401": Misconfigured,
    "http/sendText_missing_all_400": Permanent,
    "http/sendText_missing_number_400": Permanent,
    "http/sendText_no_apikey_401": Misconfigured,
    "http/sendText_number_not_string_400": Permanent,
    "http/sendText_unknown_instance_404": Misconfigured,
    "http/sendText_v1_style_body_400": Permanent,
    "http/sendWhatsAppAudio_base64_EVOLUTION": Permanent,
    "http/sendWhatsAppAudio_missing_400": Permanent,
    "http/unknown_route_with_instance_404": Misconfigured,
    "v2.3.7/sendText_connection_closed_cached_400": InstanceDown,
    "v2.3.7/sendText_connection_closed_uncached_500": InstanceDown,
}


def recorded() -> dict[str, dict[str, Any]]:
    found = {}
    for folder in FOLDERS:
        for path in sorted((CAPTURES / folder).glob("*.json")):
            exchange = json.loads(path.read_text())
            if str((exchange.get("request") or {}).get("path", "")).startswith("/message/"):
                found[f"{folder}/{path.stem}"] = exchange["response"]
    return found


RECORDED = recorded()
TAKEN = [name for name, response in RECORDED.items() if response["status"] < 300]


def test_every_recorded_error_is_in_the_table() -> None:
    assert set(MEANS) == set(RECORDED) - set(TAKEN)


@pytest.mark.parametrize("name", MEANS)
def test_an_error_means_what_the_contract_says(name: str) -> None:
    outcome = classify(RECORDED[name]["status"], RECORDED[name]["body"])
    assert type(outcome) is MEANS[name]
    assert outcome.reason  # type: ignore[union-attr]


@pytest.mark.parametrize("name", TAKEN)
def test_a_taken_message_has_its_id(name: str) -> None:
    outcome = classify(RECORDED[name]["status"], RECORDED[name]["body"])
    assert isinstance(outcome, Accepted)
    assert outcome.message_id == RECORDED[name]["body"]["key"]["id"]


@pytest.mark.parametrize(
    ("status", "body", "means"),
    [
        (200, None, Unknown), (201, "<html>", Unknown), (201, [], Unknown),  # not the gateway's: a wrong address
        (201, {}, Unconfirmed), (201, {"key": {}}, Unconfirmed), (201, {"key": {"id": ""}}, Unconfirmed),
        (301, None, Misconfigured), (302, None, Misconfigured), (308, None, Misconfigured),
        (401, None, Misconfigured), (403, None, Misconfigured), (404, None, Misconfigured),
        (429, None, InstanceDown),
        (500, None, Unknown), (500, {"response": {"message": "something new"}}, Unknown), (418, "tea", Unknown),
        (502, "<html>Bad Gateway</html>", Unknown), (503, None, Unknown), (504, None, Unknown),
        (503, {"error": "LICENSE_REQUIRED"}, Misconfigured),
        (503, {"response": {"message": ["LICENSE_REQUIRED"]}}, Misconfigured),
        # It fails on its database when it checks the number, too: then nothing was handed over.
        (500, {"response": {"message": "PrismaClientKnownRequestError: P1001"}}, Unknown),
        (400, {"response": {"message": ["PrismaClientKnownRequestError: P2002"]}}, Unconfirmed),
    ],
)  # fmt: skip
def test_what_was_not_recorded_is_never_taken_for_success_or_for_ever(
    status: int, body: Any, means: type[Outcome]
) -> None:
    assert type(classify(status, body)) is means


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7.0), ("0", 30.0), ("-3", 30.0), ("999999", 3600.0), ("soon", 30.0), ("nan", 30.0), ("inf", 3600.0)],
)
def test_retry_after_is_honoured_within_reason(header: str, wait: float) -> None:
    outcome = classify(429, None, header)
    assert isinstance(outcome, InstanceDown)
    assert outcome.retry_after_s == wait


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["key", "id", "response", "message", "exists", "error"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.integers(200, 599), JSON)
def test_no_answer_breaks_the_sender(status: int, body: Any) -> None:
    outcome = classify(status, body)
    said = getattr(outcome, "reason", getattr(outcome, "message_id", ""))
    assert said.encode()  # it can be written down: no half characters


def test_half_a_character_in_an_answer_can_be_written_down() -> None:
    outcome = classify(400, {"response": {"message": ["\ud800 broke"]}})
    assert outcome.reason.encode()  # type: ignore[union-attr]
    taken = classify(201, {"key": {"id": "3EB0\ud800", "remoteJid": "\ud800"}})
    assert str(taken).encode()


# ── over real HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────
OVER_HTTP: list[tuple[str, Answer, type[Outcome]]] = [
    ("reset", RESET, Unknown),
    ("too slow", Answer(delay_s=30.0), Unknown),
    ("a redirect", Answer(302, "", {"Location": "/login"}), Misconfigured),
    ("no JSON", Answer(201, "<html>"), Unknown),
    ("nested too deep", Answer(201, "[" * 200_000), Unknown),
    ("not text at all", Answer(500, b"\xff\xfe"), Unknown),
    ("bad gateway", says(502), Unknown),
    *((name, captured(name), means) for name, means in MEANS.items()),
]


@pytest.mark.parametrize(("answer", "means"), [(a, m) for _, a, m in OVER_HTTP], ids=[name for name, _, _ in OVER_HTTP])
async def test_an_answer_over_http_means_the_same(gateway: Gateway, answer: Answer, means: type[Outcome]) -> None:
    from sender.evolution import Evolution
    from shared.events import Text

    gateway.script(answer)
    gateway.always = says(500, "asked twice")
    async with Evolution(gateway.url, "key", 1 if answer.delay_s else 10) as evolution:
        outcome = await evolution.send("wa1", "5511988887777", Text(text="oi"))
    assert type(outcome) is means
    assert [(call.instance, call.apikey) for call in gateway.calls] == [("wa1", "key")]


async def test_a_gateway_that_cannot_be_reached_was_given_nothing(gateway: Gateway) -> None:
    from sender.evolution import Evolution
    from shared.events import Text

    await gateway.close()
    async with Evolution(gateway.url, "key", 5) as evolution:
        assert type(await evolution.send("wa1", "5511988887777", Text(text="oi"))) is InstanceDown


async def test_an_instances_name_cannot_lead_the_call_elsewhere(gateway: Gateway) -> None:
    from sender.evolution import Evolution
    from shared.events import Text

    async with Evolution(gateway.url, "key", 5) as evolution:
        for name in ("a clinic", "clínica", "a?b=c", "a#b", "a%2Fb"):
            await evolution.send(name, "5511988887777", Text(text="oi"))
    assert [call.instance for call in gateway.calls] == ["a clinic", "clínica", "a?b=c", "a#b", "a%2Fb"]
