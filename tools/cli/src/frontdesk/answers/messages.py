"""What is shown of messages and chats?"""

import msgspec


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message that will go out."""

    id: str | None
    status: str
    number: str = ""
    send_at: int | None = None


class TakenBack(msgspec.Struct, frozen=True):
    id: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits for its time, or failed for good."""

    id: str
    kind: str
    chat: str = ""
    text: str = ""
    send_class: str = ""
    due_at: int | None = None
    failed_at: int | None = None
    reason: str = ""


class Step(msgspec.Struct, frozen=True):
    at: int
    type: str
    said: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a message."""

    chat: str
    steps: list[Step]
    sources: list[str] = []


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A chat, as a line of a list."""

    instance: str
    chat: str
    name: str = ""
    status: str = "bot"
    taken_by: str = ""
    wanted_why: str = ""
    wanted_at: int | None = None
    urgent: bool = False
    waiting_since: int | None = None
    last_at: int = 0
    last_text: str = ""

    @property
    def about(self) -> str:
        """Why a person is wanted, or who answers."""
        why = f"{self.wanted_why}, urgent" if self.urgent else self.wanted_why
        return {"wanted": why, "taken": self.taken_by}.get(self.status, "")


class Template(msgspec.Struct, frozen=True):
    """One of the clinic's."""

    name: str
    variables: list[str]
    texts: dict[str, str]


class Templates(msgspec.Struct, frozen=True):
    """All of the clinic's; its first language is the one that goes out where none is chosen."""

    clinic: str
    languages: list[str]
    items: list[Template]


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers in a chat."""

    chat: str
    status: str
    by: str
    paused_until: int | None = None


class BotState(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot does, and where."""

    instances: list[str]
    paused: bool
    paused_until: int | None = None


class Said(msgspec.Struct, frozen=True):
    """The content of a send."""

    text: str = ""
    caption: str = ""
    kind: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the log: of any type, so all but the first two may be missing."""

    type: str
    recorded_at: str
    instance: str = ""
    chat: str = ""
    text: str = ""
    content: Said | None = None
    why: str = ""
    reason: str = ""
    status: str = ""
    state: str = ""
    action: str = ""

    @property
    def said(self) -> str:
        """What it says, in few words."""
        content = self.content or Said()
        words = (
            self.text, content.text, content.caption, content.kind, self.action, self.reason, self.why, self.status,
            self.state,
        )  # fmt: skip
        return next((word for word in words if word), "")
