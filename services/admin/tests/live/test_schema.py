"""Is what the OpenAPI document says true, whatever is asked? Schemathesis asks, on a Redis with something in it.

SCHEMA_EXAMPLES=200 asks more of every operation than the default run does.
"""

import asyncio
import json
import os
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from admin.app import build
from admin.http.describing import DOCUMENT
from admin.settings import AdminSettings
from shared import ids
from shared.events import SendDeadLettered, encode, following
from shared.service import new_platform
from shared.settings import StreamSettings
from shared.streams import keys
from tests.support.replica import INSTANCE, a_send

FEW = 6
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", FEW))
ENDLESS = {"/admin/events"}
"""Answers that go on until the client leaves."""
NOT_ASKED = ("positive_data_acceptance", "negative_data_rejection", "ignored_auth", "missing_required_header",
             "unsupported_method", "use_after_free", "ensure_resource_availability", "max_response_time")  # fmt: skip
"""Checks of other tests: what is refused, and to whom; and those of sequences, which this is not."""


def _document() -> dict[str, Any]:
    settings = AdminSettings(redis_url="redis://127.0.0.1:1/0", admin_token="unused")
    told: dict[str, Any] = json.loads(build(settings, new_platform("admin", settings, StreamSettings()))[DOCUMENT])
    return told


SCHEMA = schemathesis.openapi.from_dict(_document())
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
HOW_MUCH = hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= FEW,
    suppress_health_check=list(HealthCheck), phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)  # fmt: skip
KNOWN = {"instance": INSTANCE, "confirm": INSTANCE, "worker": "r1", "chat": "5511988887777", "to": "5511988887777"}
ASKED = [check for check in CHECKS.get_all() if check.__name__ not in NOT_ASKED]


@pytest.fixture
async def something(streams, client) -> None:
    """Work, dead letters, facts, a token: so that not everything is answered with 404."""
    sends = [a_send(f"{n}", id=ids.new()) for n in range(5)]
    await streams.put(*sends)
    await client.set(keys.live("sender", "r1"), "1")
    for send in sends:
        dead = following(SendDeadLettered, send, "dead", 1, send_id=send.id, reason="x", attempts=1)
        await client.xadd(keys.events(INSTANCE), {"e": encode(send)})
        await client.xadd(keys.events(INSTANCE), {"e": encode(dead)})
        await client.xadd(keys.dead_letters(INSTANCE), {"e": encode(send), "reason": "x", "stream": "s"})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: f"{o.method.upper()} {o.path}")
async def test_answers_are_as_described(admin, something, operation) -> None:
    if operation.path in ENDLESS:
        pytest.skip("it is a stream without an end")
    assert await _ask(admin, operation)


async def test_a_document_that_is_not_true_would_be_found(admin, something) -> None:
    told = _document()
    told["components"]["schemas"]["Me"]["properties"]["name"]["type"] = "integer"
    operation = schemathesis.openapi.from_dict(told)["/admin/me"]["GET"]
    with pytest.raises(FailureGroup, match="schema"):
        await _ask(admin, operation)


LONGEST = 8_000
"""Characters of an address: what is longer aiohttp refuses (400) before any of our code has seen it."""
OF_THE_GATEWAY = "/admin/instances"
"""What is asked of the gateway is answered by 503 here: there is none."""


async def _ask(admin, operation) -> list[int]:
    """Ask for many things, valid and not, some of them there and some not. The statuses of the answers."""
    url, headers = str(admin.make_url("")).rstrip("/"), {"Authorization": "Bearer s3cret-token"}
    answered: list[int] = []
    away = operation.path.startswith(OF_THE_GATEWAY)
    checks = [check for check in ASKED if not (away and check.__name__ == "not_a_server_error")]

    def ask(case: schemathesis.Case, known: bool) -> None:
        if known:
            _aim(case)
        hypothesis.assume(len(case.formatted_path) + len(urlencode(case.query or {}, doseq=True)) < LONGEST)
        answered.append(case.call_and_validate(base_url=url, headers=headers, checks=checks).status_code)

    for mode in MODES if operation.body or operation.query or operation.path_parameters else MODES[:1]:
        cases = operation.as_strategy(generation_mode=mode)
        await asyncio.to_thread(HOW_MUCH(hypothesis.given(case=cases, known=st.booleans())(ask)))
    return answered


def _aim(case: schemathesis.Case) -> None:
    """Ask for what there is."""
    for given in (case.query, case.path_parameters, case.body):
        if isinstance(given, dict):
            given |= {name: KNOWN[name] for name in KNOWN.keys() & given.keys() if isinstance(given[name], str)}
