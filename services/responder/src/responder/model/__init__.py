"""How does a model answer, when one is configured, and what keeps it honest?

`Model.answer(turn)` ends in `Answered`, which may be sent, or `Failed`, after which the embedded answerer answers.
"""

from typing import TYPE_CHECKING

import redis.asyncio as aioredis

from responder.model.calls import AppointmentRequested, PersonCalled, ReminderChange, ToolCall
from responder.model.facts import Fact, facts_of
from responder.model.fetching import Fetched, fetch
from responder.model.media import Heard
from responder.model.settings import ModelSettings
from responder.model.turn import REASONS, Answered, Failed, Turn, Usage

if TYPE_CHECKING:
    from responder.model.model import Model

__all__ = [
    "REASONS",
    "Answered",
    "AppointmentRequested",
    "Fact",
    "Failed",
    "Fetched",
    "Heard",
    "ModelSettings",
    "PersonCalled",
    "ReminderChange",
    "ToolCall",
    "Turn",
    "Usage",
    "build",
    "facts_of",
    "fetch",
]


def build(settings: ModelSettings, client: aioredis.Redis | None) -> "Model | None":
    """The model that the settings name; None without one, and then its client, a second's import, is not loaded."""
    if not settings.llm_base_url:
        return None
    from responder.model.model import Model  # noqa: PLC0415

    return Model(settings, client)
