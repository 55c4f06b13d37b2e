"""What may be asked about the clinic's numbers, and what is answered?"""

from typing import Annotated

import msgspec

from admin.gateway import GatewayInstance, Hook
from admin.http.pages import MOST, Cursor, Limit, Page
from admin.numbers.limits import Limits
from admin.steering.asking import InstanceName
from admin.views.model import Connection


class OneInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance."""

    instance: InstanceName


class NewInstance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number to be connected."""

    name: InstanceName
    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Its phone number, for a pairing code beside the QR code."""
    webhook: bool = True
    """Have the gateway post to us from the beginning."""


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """One instance: what we know of it, and what the gateway does."""

    instance: str
    known: bool
    """Something has come from it, or the settings name it."""
    clinic: str
    """Whose files answer there; empty when the clinics' files cannot be read."""
    connection: Connection
    """What the gateway last told of it by itself."""
    heard_at: int | None = None
    """When something last came from it: a message, a receipt, …; null: the last fifty facts of its log tell nothing."""
    gateway: GatewayInstance | None
    """Null: the gateway does not have it, or was not asked."""


class NumbersAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them."""

    cursor: Cursor = ""
    limit: Limit = MOST


class NumberList(Page[Number], frozen=True, kw_only=True):
    """Instances, by their names."""

    gateway_problem: str = ""
    """Why the gateway could not be asked."""


class NumberInFull(msgspec.Struct, frozen=True, kw_only=True):
    """One instance, with its webhook and its pace."""

    number: Number
    hook: Hook | None
    hook_wanted: str
    """Where its webhook should point; empty when INGEST_PUBLIC_URL is not set."""
    hook_is_ours: bool
    limits: Limits
    bot_paused: bool = False
    """The bot answers nobody there."""
    bot_paused_until: int | None = None
    """Null: without an end, or not at all."""
    gateway_problem: str = ""
