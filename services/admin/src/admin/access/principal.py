"""Who is asking? A person or a program, by a name, with a role."""

import enum
from dataclasses import dataclass
from typing import Literal


class Role(enum.IntEnum):
    """What somebody may do. Each may do all that the ones before it may."""

    VIEWER = 1
    """Sees everything, changes nothing."""
    STAFF = 2
    """Talks to patients: takes chats over, replies, sends, schedules, pauses the bot in a chat."""
    OPERATOR = 3
    """Runs it: streams, dead letters, instances, broadcasts, knowledge, tokens, erasure."""

    @property
    def word(self) -> Literal["viewer", "staff", "operator"]:
        """As it is told."""
        return _WORDS[self]


_WORDS: dict[Role, Literal["viewer", "staff", "operator"]] = {
    Role.VIEWER: "viewer",
    Role.STAFF: "staff",
    Role.OPERATOR: "operator",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who was let in."""

    name: str
    """As audit facts call them: the token's name."""
    role: Role

    def may(self, role: Role) -> bool:
        """Whether this role suffices for what needs `role`."""
        return self.role >= role
