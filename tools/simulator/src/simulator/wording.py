"""Where do a patient's own words stand in each sort of message?"""

from __future__ import annotations

from typing import Any

from .recorded import Json, dumps

# Where each sort of message carries what its writer typed.
TEXT_AT = (
    ("conversation",),
    ("ephemeralMessage", "message", "extendedTextMessage", "text"),
    ("imageMessage", "caption"),
    ("videoMessage", "caption"),
    ("documentMessage", "caption"),
    ("viewOnceMessageV2", "message", "imageMessage", "caption"),
    ("buttonsResponseMessage", "selectedDisplayText"),
    ("templateButtonReplyMessage", "selectedDisplayText"),
    ("interactiveResponseMessage", "body", "text"),
    ("listResponseMessage", "title"),
    ("reactionMessage", "text"),
    ("contactMessage", "displayName"),
    ("locationMessage", "name"),
    ("pollCreationMessageV3", "name"),
)


def put_text(message: Json, text: str) -> None:
    for *path, last in TEXT_AT:
        at: Any = message
        for step in path:
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, dict) and (path or last in at):
            at[last] = text
            return


def text_of(message: Json) -> str:
    for path in TEXT_AT:
        at: Any = message
        for step in path:
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, str):
            return at
    return ""


def select(message: Json, chosen: str) -> None:
    """Which button or row was pressed, by the id it was sent with."""
    for name, field in (("buttonsResponseMessage", "selectedButtonId"), ("templateButtonReplyMessage", "selectedId")):
        if name in message:
            message[name][field] = chosen
    if "listResponseMessage" in message:
        message["listResponseMessage"]["singleSelectReply"]["selectedRowId"] = chosen
    if "interactiveResponseMessage" in message:
        message["interactiveResponseMessage"]["nativeFlowResponseMessage"]["paramsJson"] = dumps({"id": chosen})
