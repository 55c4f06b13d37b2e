"""What does the gateway know about one WhatsApp account?"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .numbers import LID, USER, to_jid, user_of
from .phone import Journal
from .recorded import CLINIC, PATIENT, Json
from .recorded import LID as RECORDED_LID

STORED = 50_000  # messages kept for the gateway's own search
SHOWN = 2_000  # bubbles kept for the chat page


@dataclass(slots=True)
class Webhook:
    """Where this account's events go. `bases` are the URLs before the instance's name; several take turns."""

    bases: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    by_events: bool = False
    events: frozenset[str] = frozenset()
    enabled: bool = True
    row: Json | None = None


@dataclass(slots=True)
class Stored:
    """A message in the gateway's database."""

    record: Json
    row_id: str
    updates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Instance:
    name: str
    id: str
    token: str
    integration: str = "WHATSAPP-BAILEYS"
    number: str = CLINIC
    state: str = "close"
    ever_connected: bool = False
    dead_socket: bool = False
    webhook: Webhook = field(default_factory=Webhook)
    created_at: str = field(default_factory=lambda: iso(time.time()))
    checked: set[str] = field(default_factory=set)  # addresses whose existence is cached
    contacts: dict[str, str] = field(default_factory=dict)  # address -> name
    announced: set[str] = field(default_factory=set)  # addresses told of as contacts
    people: dict[str, str] = field(default_factory=dict)  # address -> the number the patient goes by
    messages: OrderedDict[str, Stored] = field(default_factory=OrderedDict)
    phone: Journal = field(default_factory=Journal)
    chat_lines: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=SHOWN))

    @property
    def usable(self) -> bool:
        return self.state == "open" and not self.dead_socket

    @property
    def own_jid(self) -> str:
        return self.number + USER

    def store(self, record: Json, row_id: str) -> Stored:
        stored = self.messages[record["key"]["id"]] = Stored(record, row_id)
        while len(self.messages) > STORED:
            self.messages.popitem(last=False)
        return stored

    def meet(self, number: str, name: str | None = None) -> tuple[str, str]:
        """The patient's two addresses, by phone number and by LID; both lead to the same phone."""
        jid, lid = to_jid(number), lid_of(number)
        digits = user_of(jid) if "@" in number else "".join(c for c in number if c.isdigit())
        self.people[jid] = self.people[lid] = digits
        self.checked.add(jid)
        if name:
            self.contacts[jid] = self.contacts[lid] = name
        return jid, lid

    def phone_of(self, jid: str) -> str:
        """The number of the phone that an address leads to, as its owner writes it."""
        return self.people.get(jid) or (jid if "@g" in jid or jid.endswith(LID) else user_of(jid))


def lid_of(number: str) -> str:
    """A made-up but steady LID: the recorded one for the recorded patient."""
    digits = user_of(to_jid(number))
    if digits == PATIENT:
        return RECORDED_LID + LID
    return f"{(int(digits or 0) * 48271 + 11) % 10**14 + 10**14}{LID}"


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
