"""Under which name is a chat kept? One for all spellings of a number; it is shown as the gateway spells it."""

from functools import lru_cache

from shared.events.spelling import same_person

kept = lru_cache(65_536)(same_person)
"""The name under which the views keep a chat: numbers are few, and it is asked for with every fact."""
