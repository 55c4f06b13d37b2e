"""Would what the gateway posts of a number reach ingest, be let in, and be all that is needed?"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from admin.access.secrets import same
from admin.gateway import EVENTS, Posting
from admin.numbers.room import WEBHOOK

VITAL = frozenset({"MESSAGES_UPSERT", "SEND_MESSAGE"})
"""Without the one nobody is answered, without the other a send that timed out cannot be proven."""


def why_elsewhere(posting: Posting, name: str, base: str) -> str:
    """Why it does not post to ingest at `base`; empty: it does. Of an unknown `base` the path alone is compared."""
    if not posting.hook.url:
        return "none is set"
    if not posting.hook.enabled:
        return "switched off"
    place, path = _parts(posting.hook.url)
    wanted_place, prefix = _parts(base)
    ours = path == f"{prefix}{WEBHOOK}{name}" if base else path.endswith(f"{WEBHOOK}{name}")
    return "" if ours and (not base or place == wanted_place) else f"posts to {place}{path}"


def lacking(posting: Posting) -> list[str]:
    """The events that ingest understands and is not told of."""
    return [event for event in EVENTS if posting.events and event not in posting.events]


def why_refused(headers: Mapping[str, str], token: str) -> str:
    """Why ingest would answer 401; empty: it lets it in. A `jwt_key` goes before Authorization: the gateway signs."""
    given = {name.lower(): value.strip() for name, value in headers.items()}
    scheme, _, bearer = given.get("authorization", "").partition(" ")
    signed = given.get("jwt_key") or (bearer.strip() if scheme.lower() == "bearer" else "")
    shown = [secret for secret in (signed, given.get("x-webhook-token", "")) if secret]
    if any(same(secret, token) for secret in shown):
        return ""
    return "another token than WEBHOOK_TOKEN" if shown else "no token"


def _parts(url: str) -> tuple[str, str]:
    """Without what may hold a secret: a user, a query."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2].lower()}", unquote(split.path).rstrip("/")
