"""Only who knows the webhook token gets in, however the gateway shows that it does."""

import base64
import json
from typing import Any

import jwt
import pytest

from ingest.auth import LATE_S, Authenticator
from shared.clock import ManualClock

TOKEN = "a-webhook-token-of-more-than-32-bytes"
NOW_S = 1_795_479_152
CLAIMS: dict[str, Any] = {"iat": NOW_S, "exp": NOW_S + 600, "app": "evolution", "action": "webhook"}


def accepts(clock_s: float = NOW_S, **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Authenticator(TOKEN, clock=ManualClock(int(clock_s * 1000))).accepts(named)


def signed(claims: dict[str, Any] = CLAIMS, key: str = TOKEN, algorithm: str = "HS256") -> str:
    return "Bearer " + jwt.encode(claims, key, algorithm=algorithm)


def unsigned(header: Any, claims: Any, signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return f"Bearer {'.'.join(parts)}.{signature}"


def test_the_token_itself_is_accepted() -> None:
    assert accepts(Authorization=f"Bearer {TOKEN}")
    assert accepts(Authorization=f"bearer  {TOKEN} ")
    assert accepts(X_Webhook_Token=TOKEN)
    assert accepts(X_Webhook_Token=TOKEN, Authorization="Basic abc")


@pytest.mark.parametrize("value", ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ação", "\udcff", "a.b.c", "..", "\x00"])
def test_anything_else_is_refused(value: str) -> None:
    assert not accepts(X_Webhook_Token=value)
    assert not accepts(Authorization=f"Bearer {value}")
    assert not accepts(Authorization=value)
    assert not accepts()


def test_the_token_needs_its_scheme() -> None:
    assert not accepts(Authorization=TOKEN)
    assert not accepts(Authorization=f"Basic {TOKEN}")


def test_a_jwt_signed_with_the_token_is_accepted_in_the_authorization_header_only() -> None:
    assert accepts(Authorization=signed())
    assert not accepts(X_Webhook_Token=signed().removeprefix("Bearer "))


def test_a_late_retry_carries_an_expired_jwt_and_is_accepted() -> None:
    assert accepts(clock_s=CLAIMS["exp"] + LATE_S, Authorization=signed())
    assert not accepts(clock_s=CLAIMS["exp"] + LATE_S + 1, Authorization=signed())


def test_a_gateway_whose_clock_is_ahead_is_not_turned_away() -> None:
    """A 401 is never retried: the patient's message would be lost for good."""
    assert accepts(clock_s=NOW_S - 3600, Authorization=signed(CLAIMS | {"nbf": NOW_S}))


@pytest.mark.parametrize(
    "header",
    [
        signed(key="another-webhook-token-of-32-bytes-or-more"),
        signed(algorithm="HS512", key=TOKEN * 2),
        signed(algorithm="HS384", key=TOKEN * 2),
        signed(CLAIMS | {"app": "other"}),
        signed({name: value for name, value in CLAIMS.items() if name != "app"}),
        signed({name: value for name, value in CLAIMS.items() if name != "exp"}),
        unsigned({"alg": "none", "typ": "JWT"}, CLAIMS),
        unsigned({"alg": "None"}, CLAIMS, "abc"),
        unsigned({"alg": ["HS256"]}, CLAIMS, "abc"),
        unsigned({"typ": "JWT"}, CLAIMS),
        unsigned([], CLAIMS),
        unsigned({"alg": "HS256"}, CLAIMS, "abc"),
        "Bearer " + base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.abc",
        signed() + "x",
        signed().replace(".", ".x", 1),
    ],
)
def test_a_jwt_that_proves_nothing_is_refused(header: str) -> None:
    assert not accepts(Authorization=header)


@pytest.mark.parametrize("claims", [{"exp": True}, {"exp": "soon"}, {"exp": None}, {"exp": -(10**400)}, {"app": 5}])
def test_odd_claims_prove_nothing(claims: dict[str, Any]) -> None:
    header = unsigned({"alg": "HS256", "typ": "JWT"}, CLAIMS | claims).removesuffix(".")
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = key.sign(header.removeprefix("Bearer ").encode(), TOKEN.encode())
    assert not accepts(Authorization=f"{header}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")


@pytest.mark.filterwarnings("error")
def test_a_short_token_works_without_a_warning_on_every_webhook() -> None:
    ours = Authenticator("curto", clock=ManualClock(NOW_S * 1000))
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        header = signed(key="curto")
    assert ours.accepts({"Authorization": header})


def test_a_token_may_have_any_characters() -> None:
    assert Authenticator("ação ✓").accepts({"X-Webhook-Token": "ação ✓"})


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="empty"):
        Authenticator("")
