"""Why did the API refuse it, in the reader's language? By the shapes of its English sentences; others stay as they are.

What msgspec finds wrong is said by `admin.http.faults`, the rest by each route. A test holds this table against both.
"""

from collections.abc import Mapping

from admin.page.shapes import Shapes
from admin.page.words import Words

FIELD = r"(?:[\w.\[\]-]+|the body|the query): "
"""A fault of a field begins with the field's name; the page shows that beside it."""

SHAPES: Mapping[str, str] = {
    "empty": rf"{FIELD}is empty",
    "too_short": rf"{FIELD}is too short: at least (?P<n>\d+) characters?",
    "too_long": rf"{FIELD}is too long: at most (?P<n>\d+) characters?",
    "too_many": rf"{FIELD}is too long: at most (?P<n>\d+) (?:entry|entries)",
    "at_least": rf"{FIELD}must be at least (?P<bound>\S+)",
    "at_most": rf"{FIELD}must be at most (?P<bound>\S+)",
    "more_than": rf"{FIELD}must be more than (?P<bound>\S+)",
    "less_than": rf"{FIELD}must be less than (?P<bound>\S+)",
    "whole_number": rf"{FIELD}must be a whole number(?: or a text)?",
    "number": rf"{FIELD}must be a number",
    "text": rf"{FIELD}must be a text",
    "one_of": rf"{FIELD}must be one of (?P<options>.+?)(?:, not .+)?",
    "missing": rf"{FIELD}is missing(?:; .+)?",
    "no_such_field": rf"{FIELD}there is no such field.*",
    "takes_name": rf"{FIELD}takes small letters, digits, .+, at most (?P<n>\d+)",
    "takes_id": rf"{FIELD}takes letters, digits, `\.`, `_`, `-`, .+",
    "confirm_wrong": r"`confirm` must repeat the instance's name, '(?P<name>.+)'",
    "confirm_chat_wrong": r"`confirm` must repeat the chat",
    "confirm_missing": r"add `\??confirm.*",
    "phone": r"`[\w.\[\]]+` is a phone number with its country code, .+|a chat is called by phone digits .+",
    "past": r"`\w+` is in the past.*",
    "far": r"`\w+` is more than a year ahead",
    "no_time": r"`\w+` is (?:neither milliseconds nor ISO 8601|a date and a time).*|`\w+` needs its offset from UTC.*",
    "no_list": r"the list is empty: .+",
    "twice_in_list": r"(?P<phone>\S+) is in the list twice, with other words: \S+ and \S+",
    "variable_missing": r"the variable '(?P<variable>.+?)' is missing; .+",
    "variable_unknown": r"the template has no variable '(?P<variable>.+?)'.*",
    "variable_none": r"it has no variables",
    "words_too_many": r"it comes to (?P<n>\d+) characters; WhatsApp takes (?P<most>\d+)",
    "file_too_large": r"the body is too large.*",
    "changed": r"somebody else changed this meanwhile: .+",
    "counted_other": r"this was counted for something else, .+",
    "counted_more": r"it would touch (?P<n>\d+) entries now, not (?P<before>\d+), .+",
    "counted_holder": r"(?P<holder>.+) has the lane now, not (?P<before>.+), so nothing was done.+",
    "worker_gone": r"no (?P<service>\w+) called '(?P<name>.*)' gives a heartbeat; .+",
    "taken": r"(?P<who>.+) has taken this chat; .+",
    "name_taken": r"the name '(?P<name>.+)' is taken: .+",
    "text_there": r"there is a text called '(?P<name>.+)' already: .+",
    "text_file": r"(?P<name>.+) is a file of the clinic's folder, .+",
    "owner": r"this one is set by ADMIN_TOKEN: .+",
    "no_token": r"there is no token called '(?P<name>.+)'",
    "instance_name": r"an instance's name is .+",
    "instance_unknown": r"nothing has come from an instance '(?P<name>.+)' yet; neither .+",
    "instance_nowhere": r"neither we nor the gateway know an instance '(?P<name>.+)'",
    "letter_gone": r"no dead letter \S+: .+|dead letter \S+ was replayed or discarded meanwhile",
    "letter_sent": r"the log shows that it was sent meanwhile; .+",
    "letter_answered": r"the log shows that it was answered meanwhile; .+",
    "says_nothing": r"`[\w.]+` says nothing",
    "reason_names": r"the reason is kept, so it must not name the person",
    "hook_unset": r"set (?P<setting>INGEST_PUBLIC_URL|WEBHOOK_TOKEN) of the admin service: .+",
    "gateway_unset": r"no gateway is set: .+",
    "gateway_away": r"the gateway at (?P<url>\S+) cannot be reached: .+",
    "gateway_key": r"the gateway refuses our key \(\d+\): .+",
    "gateway_says": r"the gateway says: (?P<why>.+)",
    "gateway_answers": r"the gateway answers (?P<status>\d+): (?P<why>.+)",
    "redis_told": r"Redis did not tell it: (?P<why>.+); nothing was changed, .+",
    "redis": r"Redis did not do it: (?P<why>.+); look at the state before trying again",
    "role": r"this needs the role (?P<role>\w+); .+",
    "again": r"log in again",
    "csrf": r"this did not come from our own page: .+",
    "under_way": r"the first request with this key is still under way: .+",
    "nowhere": r"there is no such page here",
    "no_chat": r"there is no conversation with (?P<chat>.+)",
    "ours": r"this is a fault of ours; .+",
    "form_large": r"this form may bring at most (?P<n>\d+) MiB, with its file",
    "file_large": r"a file has at most (?P<n>\d+) MiB",
    "file_empty": r"the file is empty",
    "file_kind": r"the file is none of .+",
    "tick": r"tick those that you mean",
    "too_late": r"too late: .+",
    "full": r"the queue is full: .+|the stream it goes back to is full; .+",
}
_NUMBERS = frozenset({"n", "before", "most"})


def said(t: Words, detail: str) -> str | None:
    """The refusal in the reader's language; None when its shape is not known, and it stays as the API says it."""
    return _SAID.said(t, detail)


def _value(t: Words, what: str, value: str) -> str | int:
    if what in _NUMBERS and value.isdigit():
        return int(value)
    if what == "variable":
        return t.known(f"variable.{value}", value)
    if what in ("holder", "before") and value == "nobody":
        return t("refusal.nobody")
    return t.known(f"{what}.{value}", value) if what in ("service", "role") else value


_SAID = Shapes("refusal", SHAPES, _value)
