"""Does this webhook come from our gateway?"""

import hashlib
import hmac
import warnings
from collections.abc import Mapping
from typing import Any

import jwt

from shared.clock import SYSTEM, Clock

LATE_S = 6 * 3600  # a webhook is signed once and retried for about half an hour; the rest is margin for wrong clocks
_OPTIONS: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False, "require": ["exp"]}


class Authenticator:
    """Knows the webhook token, and accepts it as it is or as the key that signed a JWT (HS256)."""

    def __init__(self, token: str, *, clock: Clock = SYSTEM) -> None:
        if not token:
            raise ValueError("the webhook token is empty")
        self._key = _bytes(token)
        self._digest = _digest(self._key)
        self._clock = clock

    def accepts(self, headers: Mapping[str, str]) -> bool:
        """Whether one of the headers proves that the sender knows the token."""
        scheme, _, credential = headers.get("Authorization", "").strip().partition(" ")
        bearer = _bytes(credential.strip()) if scheme.lower() == "bearer" else b""
        plain = _bytes(headers.get("X-Webhook-Token", "").strip())
        return self._is_token(bearer) | self._is_token(plain) or self._signed(bearer)

    def _is_token(self, credential: bytes) -> bool:
        return hmac.compare_digest(_digest(credential), self._digest)

    def _signed(self, credential: bytes) -> bool:
        if credential.count(b".") != 2:
            return False
        try:
            with warnings.catch_warnings(action="ignore", category=jwt.InsecureKeyLengthWarning):
                claims = jwt.decode(credential, self._key, algorithms=["HS256"], options=_OPTIONS)
        except (jwt.PyJWTError, ValueError, RecursionError):
            return False
        return claims.get("app") == "evolution" and self._recent(claims.get("exp"))

    def _recent(self, exp: Any) -> bool:
        told = isinstance(exp, int | float) and not isinstance(exp, bool)
        return told and self._clock.now_ms() / 1000 <= exp + LATE_S


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
