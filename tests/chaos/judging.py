"""Was every message answered once, in order, at the pace? The simulator's phone and the log tell."""

from collections import Counter, defaultdict
from typing import Any

from demo.http import call
from demo.stack import Stack
from shared.events import (
    MessageReceived,
    ReplyDrafted,
    ReplySuppressed,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendOutcomeUnknown,
    SendRequested,
    Text,
)
from tests.chaos import views
from tests.chaos.pace import worst_excess
from tests.chaos.verdict import Verdict
from tests.e2e.story import Story

RATE, CAPACITY = 20.0, 10
JITTER_S = 2.0  # a call may come later than its token: a process may stand still for half a lease


def judge(stack: Stack, faults: Counter[str], written: int) -> Verdict:
    """Compare what patients wrote, what the log says and what arrived."""
    simulator, story = stack.url("simulator"), Story.read(stack.redis.url)
    calls = call("GET", f"{simulator}/sim/demo/calls?call=sendText")["calls"]
    phone = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    verdict = Verdict(messages=written, faults=faults)
    _answered_once(story, written, verdict)
    _arrived_once_in_order(story, phone, calls, verdict)
    _doubts(story, verdict)
    _at_the_pace(story, calls, verdict)
    _nothing_left(story, verdict)
    _told_once(story, verdict)
    wrong = views.differences(stack)
    verdict.views, verdict.troubles = len(wrong), verdict.troubles + wrong
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


def _arrived_once_in_order(
    story: Story, phone: list[dict[str, Any]], calls: list[dict[str, Any]], verdict: Verdict
) -> None:
    """Each chat's phone shows its replies in the order of the requests; only what was set aside may be missing."""
    dead = {event.send_id for event in story.of(SendDeadLettered)}
    asked: dict[str, list[SendRequested]] = defaultdict(list)
    for request in story.of(SendRequested):
        asked[request.chat].append(request)
    arrived: dict[str, list[str]] = defaultdict(list)
    for message in phone:
        arrived[str(message["chat"])].append(str(message["text"]))
    traceless: dict[str, Counter[str]] = defaultdict(Counter)
    for one in calls:
        traceless[str(one["number"]).partition("@")[0]][str(one["text"])] += not one["stored"]
    for chat, requests in asked.items():
        found = _without_traceless(chat, requests, arrived[chat], traceless[chat], verdict)
        _compare(chat, requests, found, dead, verdict)
    for chat in arrived.keys() - asked.keys():
        verdict.doubled += len(arrived[chat])
        verdict.troubles.append(f"chat {chat}: nothing was to be sent, arrived {arrived[chat]}")


def _without_traceless(
    chat: str, requests: list[SendRequested], arrived: list[str], traceless: Counter[str], verdict: Verdict
) -> list[str]:
    """What arrived, less each second copy, right behind the first, of what the gateway took without a trace."""
    surplus = (Counter(arrived) - Counter(_texts(requests))) & traceless
    kept: list[str] = []
    for text in arrived:
        if kept and kept[-1] == text and surplus[text]:
            surplus[text] -= 1
            verdict.untraceable += 1
            verdict.troubles.append(f"chat {chat}: {text[:40]!r} arrived twice; the first left no trace")
        else:
            kept.append(text)
    return kept


def _texts(requests: list[SendRequested]) -> list[str]:
    return [request.content.text for request in requests if isinstance(request.content, Text)]


def _compare(chat: str, requests: list[SendRequested], arrived: list[str], excused: set[str], verdict: Verdict) -> None:
    texts = _texts(requests)
    if arrived == texts:
        return
    may_vary = Counter(_texts([request for request in requests if request.id in excused]))
    missing, extra = Counter(texts) - Counter(arrived), Counter(arrived) - Counter(texts)
    lost, doubled = sum((missing - may_vary).values()), sum((extra - may_vary).values())
    verdict.lost += lost
    verdict.doubled += doubled
    kept = [text for text in arrived if text not in may_vary]
    wanted = [text for text in texts if text not in may_vary]
    if not lost and not doubled and kept != wanted:
        verdict.reordered += 1
    if lost or doubled or kept != wanted:
        verdict.troubles.append(f"chat {chat}: wanted {_short(texts)}, arrived {_short(arrived)}")


def _short(texts: list[str]) -> list[str]:
    return [text[:24] for text in texts]


def _doubts(story: Story, verdict: Verdict) -> None:
    unknown = {event.send_id for event in story.of(SendOutcomeUnknown)}
    proven = {event.send_id for event in story.of(SendAccepted) if event.proof in ("echo", "search")}
    verdict.unknown = story.count(SendOutcomeUnknown)
    verdict.unproven = len(unknown - proven)
    verdict.proven = verdict.unknown - verdict.unproven
    verdict.dead = story.count(SendDeadLettered)


def _at_the_pace(story: Story, calls: list[dict[str, Any]], verdict: Verdict) -> None:
    """No window of tokens is above the bound, to the millisecond of Redis's clock; nor of calls, but for the jitter."""
    tokens = [at / 1000 for at in story.when(SendAttempted)]
    called = sorted(float(one["at"]) for one in calls)
    for what, times, grace_s in (("tokens", tokens, 0.001), ("calls", called, JITTER_S)):
        if times and (over := worst_excess(times, RATE, CAPACITY) - RATE * grace_s) > 1e-6:
            verdict.over_rate += 1
            verdict.troubles.append(f"{what}: a window is {over:.2f} above capacity + rate × t")
    if len(calls) > len(tokens):
        verdict.over_rate += 1
        verdict.troubles.append(f"{len(calls)} calls with {len(tokens)} tokens")


def _nothing_left(story: Story, verdict: Verdict) -> None:
    waiting = {name: n for name, n in story.left.items() if n and not name.endswith(":dlq")}
    verdict.left = sum(waiting.values())
    verdict.troubles += [f"left over: {waiting}"] if waiting else []


def _told_once(story: Story, verdict: Verdict) -> None:
    verdict.untold = len(story.untold)
    verdict.troubles += [f"told delivered by the gateway and not by us: {id_}" for id_ in story.untold]
    verdict.doubled += len(story.repeated)
    verdict.troubles += [f"twice in the log: {what}" for what in story.repeated]
