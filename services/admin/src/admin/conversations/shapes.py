"""What may be asked about conversations, and what is answered?"""

from typing import Annotated

import msgspec

from admin.http.pages import Cursor, Limit
from admin.steering.asking import InstanceName, Minutes, Reason, Until
from admin.views.model import Status


class ConversationsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which conversations."""

    instance: Annotated[
        str,
        msgspec.Meta(max_length=100, description="The WhatsApp instance; empty, with `status=wanted`: all of them."),
    ] = ""
    status: Status | None = None
    find: Annotated[str, msgspec.Meta(max_length=100, description="In names, numbers and last words.")] = ""
    cursor: Cursor = ""
    limit: Limit = 50


class MessagesAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages of a chat."""

    instance: InstanceName
    chat: str
    cursor: Cursor = ""
    limit: Limit = 50


class TakeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to take a chat over."""

    force: bool = False
    """Also from somebody else."""


class PauseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long the bot is quiet; with neither, until it is resumed."""

    minutes: Minutes | None = None
    until: Until | None = None
    reason: Reason = ""


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers a chat from now on."""

    instance: str
    chat: str
    status: Status
    by: str
    paused_until: int | None = None


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way."""

    id: str
    status: str
    send_at: int | None = None


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """Where chats want a person."""

    total: int
    instances: dict[str, int]
    """How many at each instance that has any. Of more than two hundred instances it may be some seconds old."""
