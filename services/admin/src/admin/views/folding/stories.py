"""Which facts belong together? Those that one message, or one request to send, led to.

A story is the log entries of its facts: the log itself tells what they say.
"""

from shared import events as e

TOLD = frozenset(
    kind for name, kind in e.TYPES.items()
    if name.partition(".")[0] in ("reply", "send", "handoff", "optout", "appointment", "entry")
    or kind is e.MessageReceived
) - {e.SendEchoed, e.HandoffTaken, e.HandoffEnded}  # fmt: skip
"""Facts that are steps of the story that their correlation id names, else their own id."""


def with_step(story: str, entry: str) -> str:
    """The story with one more step."""
    return f"{story} {entry}" if story else entry


def steps(story: str) -> list[str]:
    """The log entries of a story, in the log's order."""
    return story.split(" ") if story else []
