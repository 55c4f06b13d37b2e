"""Under which name is a chat kept? One for all spellings of a number; it is shown as the gateway spells it."""

from shared.events.spelling import same_person as kept

__all__ = ["kept"]
