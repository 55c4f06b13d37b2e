"""Was every message answered once, in order, at the pace? The simulator's phone and the log tell."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from demo.http import call
from demo.stack import Stack
from shared.events import (
    MessageReceived,
    ReplyDrafted,
    ReplySuppressed,
    SendAccepted,
    SendDeadLettered,
    SendOutcomeUnknown,
    SendRequested,
    Text,
)
from tests.chaos.breaking import Breaker
from tests.e2e.story import Story

RATE, CAPACITY = 50.0, 10
JITTER_S = 2.0  # a call may come later than its token: a process may stand still for half a lease
_COUNTS = ("messages", "lost", "doubled", "reordered", "over_rate", "left", "untold", "unknown", "unproven", "dead")


@dataclass
class Verdict:
    """What one run, or several, came to."""

    messages: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    over_rate: int = 0
    left: int = 0
    untold: int = 0
    unknown: int = 0
    unproven: int = 0
    dead: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return any((self.lost, self.doubled, self.reordered, self.over_rate, self.left, self.untold))

    def line(self, seed: object) -> str:
        faults = ", ".join(f"{name} ×{n}" for name, n in sorted(self.faults.items()))
        figures = f"{self.messages} messages, {self.lost} lost, {self.doubled} doubled, {self.reordered} reordered"
        rest = f"{self.over_rate} over the rate, {self.left} left over, {self.untold} untold"
        doubts = f"{self.unknown} unknown outcomes, {self.unproven} of them never proven, {self.dead} set aside"
        word = "BROKEN" if self.broken else "kept  "
        return f"{word} seed {seed}: {figures}, {rest}; {doubts}\n    [{faults}]"

    @classmethod
    def total(cls, verdicts: list["Verdict"]) -> "Verdict":
        total = cls()
        for verdict in verdicts:
            for name in _COUNTS:
                setattr(total, name, getattr(total, name) + getattr(verdict, name))
            total.faults += verdict.faults
        return total


def judge(stack: Stack, breaker: Breaker, written: int) -> Verdict:
    """Compare what patients wrote, what the log says and what arrived."""
    simulator, story = stack.url("simulator"), Story.read(stack.redis.url)
    phone = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    verdict = Verdict(messages=written, faults=breaker.done)
    verdict.unknown = story.count(SendOutcomeUnknown)
    _answered_once(story, written, verdict)
    _arrived_once_in_order(story, phone, verdict)
    _at_the_pace(call("GET", f"{simulator}/sim/demo/calls?call=sendText")["calls"], verdict)
    waiting = {name: n for name, n in story.left.items() if n and not name.endswith(":dlq")}
    verdict.left = sum(waiting.values())
    verdict.troubles += [f"left over: {waiting}"] if waiting else []
    verdict.untold = len(story.untold)
    verdict.troubles += [f"told delivered by the gateway and not by us: {id_}" for id_ in story.untold]
    verdict.troubles += [f"twice in the log: {what}" for what in story.repeated]
    verdict.doubled += len(story.repeated)
    return verdict


def _answered_once(story: Story, written: int, verdict: Verdict) -> None:
    received = {event.message_id: event.id for event in story.of(MessageReceived)}
    for message_id, count in Counter(event.message_id for event in story.of(MessageReceived)).items():
        verdict.doubled += count - 1
        verdict.troubles += [f"message {message_id} was received {count} times"] if count > 1 else []
    answered = Counter(id_ for event in story.of(ReplyDrafted) + story.of(ReplySuppressed) for id_ in event.answers)
    verdict.lost += written - len(received)
    if written != len(received):
        verdict.troubles.append(f"{written - len(received)} messages never reached the log")
    for id_ in received.values():
        if answered[id_] == 0:
            verdict.lost += 1
            verdict.troubles.append(f"message {id_} was never answered")
        elif answered[id_] > 1:
            verdict.doubled += 1
            verdict.troubles.append(f"message {id_} was answered {answered[id_]} times")


def _arrived_once_in_order(story: Story, phone: list[dict[str, object]], verdict: Verdict) -> None:
    """Each chat's phone shows its replies in the order of the requests; only what was set aside may be missing."""
    unknown = {event.send_id for event in story.of(SendOutcomeUnknown)}
    proven = {event.send_id for event in story.of(SendAccepted) if event.proof in ("echo", "search")}
    dead = {event.send_id for event in story.of(SendDeadLettered)}
    verdict.unproven, verdict.dead = len(unknown - proven), len(dead)
    asked: dict[str, list[SendRequested]] = defaultdict(list)
    for request in story.of(SendRequested):
        asked[request.chat].append(request)
    arrived: dict[str, list[str]] = defaultdict(list)
    for message in phone:
        arrived[str(message["chat"])].append(str(message["text"]))
    for chat, requests in asked.items():
        _compare(chat, requests, arrived[chat], dead, verdict)


def _compare(chat: str, requests: list[SendRequested], arrived: list[str], excused: set[str], verdict: Verdict) -> None:
    texts = [request.content.text for request in requests if isinstance(request.content, Text)]
    if arrived == texts:
        return
    may_vary = Counter(r.content.text for r in requests if r.id in excused and isinstance(r.content, Text))
    missing, extra = Counter(texts) - Counter(arrived), Counter(arrived) - Counter(texts)
    lost, doubled = sum((missing - may_vary).values()), sum((extra - may_vary).values())
    verdict.lost += lost
    verdict.doubled += doubled
    kept = [text for text in arrived if text not in may_vary]
    wanted = [text for text in texts if text not in may_vary]
    if not lost and not doubled and kept != wanted:
        verdict.reordered += 1
    if lost or doubled or kept != wanted:
        verdict.troubles.append(f"chat {chat}: wanted {texts}, arrived {arrived}")


def _at_the_pace(calls: list[dict[str, object]], verdict: Verdict) -> None:
    """In any window of t seconds: at most capacity + rate × t calls, but for the jitter between token and call."""
    times = sorted(float(str(one["at"])) for one in calls)
    first = 0
    for last, at in enumerate(times):
        while at - times[first] > 5.0:
            first += 1
        if last - first + 1 > CAPACITY + RATE * (at - times[first] + JITTER_S):
            verdict.over_rate += 1
            verdict.troubles.append(f"{last - first + 1} calls within {at - times[first]:.2f} s")
            return
