"""How is a secret made, recognised and told apart? 256 random bits, known to us by their digest alone."""

import hashlib
import hmac
import re
import secrets

PREFIX = "fd_"
"""In front of every token, so that programs that look for leaked secrets can know ours."""

_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def new_token() -> str:
    """A token."""
    return PREFIX + secrets.token_urlsafe(32)


def new_id() -> str:
    """The id of a session, or of a form."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether it looks like one of ours: 256 bits, which nobody guesses."""
    return _SHAPE.fullmatch(text) is not None


def digest(text: str) -> str:
    """What is kept of a secret. Plain SHA-256: against 256 random bits no slow hash is needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of them."""
    return hmac.compare_digest(digest(one), digest(other))


def derived(secret: str, purpose: str) -> str:
    """A second secret that only who knows the first can make."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()
