"""What do many routes ask for? The instance, the chat, a page of a list."""

from typing import Annotated

import msgspec

from admin.http.pages import Cursor, Limit
from admin.http.problems import Problem
from admin.messages.address import recipient

InstanceName = Annotated[str, msgspec.Meta(min_length=1, max_length=100, description="The WhatsApp instance.")]
ClinicName = Annotated[str, msgspec.Meta(max_length=100, description="The clinic, by its file's name.")]
Chat = Annotated[str, msgspec.Meta(max_length=60, description="The patient: phone digits, or `<digits>@lid`.")]
Reason = Annotated[str, msgspec.Meta(max_length=500, description="Why; it goes into the log.")]
Confirm = Annotated[str, msgspec.Meta(max_length=100, description="The instance's name again, to do it for good.")]
DryRun = Annotated[bool, msgspec.Meta(description="Only tell what it would come to.")]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=525_600, description="For so long.")]
Until = Annotated[
    int | str, msgspec.Meta(description="Until then: ISO 8601 with its offset, or milliseconds since 1970.")
]


class OfInstance(msgspec.Struct, frozen=True, kw_only=True):
    """Something of one instance."""

    instance: InstanceName


class ListOfInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list of one instance."""

    instance: InstanceName
    cursor: Cursor = ""
    limit: Limit = 50


class OfChat(msgspec.Struct, frozen=True, kw_only=True):
    """One chat of an instance."""

    instance: InstanceName
    chat: Chat


def chat_of(given: str) -> str:
    """The chat's name as the log has it. Raises Problem 400."""
    try:
        return recipient(given)
    except Problem:
        detail = "a chat is called by phone digits with the country code, such as 5511987654321, or `<digits>@lid`"
        raise Problem(400, detail, parameter="chat") from None


def confirmed(given: str, instance: str) -> None:
    """Raises Problem 428 or 400 unless `confirm` repeats the instance's name."""
    if not given:
        detail = f"add `confirm` = {instance!r} to do this, or `dry_run` to see what it would come to"
        raise Problem(428, detail, parameter="confirm")
    if given != instance:
        raise Problem(400, f"`confirm` must repeat the instance's name, {instance!r}", parameter="confirm")
