"""How does a handler's word, or its failure, become the end of a delivery?"""

from dataclasses import replace

from opentelemetry.trace import SpanKind
from redis.exceptions import RedisError

from shared.errors import NotOurs, Reject, Retry
from shared.streams.backoff import full_jitter
from shared.streams.broken import BrokenKey
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.streams.tools import Tools
from shared.telemetry import logs, metrics

_log = logs.get(__name__)


async def admit(tools: Tools, owner: Owner, delivery: Delivery) -> Delivery | Wait | Done | Hold:
    """Ask the handler whether it may begin. Raises NotOurs and RedisError; a bug costs its own entry only."""
    try:
        return await tools.handler.admit(delivery, owner)
    except BrokenKey as broken:
        return await _broken(tools, delivery, broken)
    except (NotOurs, RedisError):
        raise
    except Exception as error:  # noqa: BLE001
        return await _crashed(tools, delivery, error)


async def work(tools: Tools, owner: Owner, delivery: Delivery) -> Done | Hold:
    """Handle one delivery.

    Raises NotOurs, and RedisError for which no entry is to blame; every other failure becomes a hold, or a dead letter
    after its tries.
    """
    delivery = await _begun(tools, owner, delivery)
    if delivery.progress.count > tools.settings.max_deliveries:
        return await _exhausted(tools, delivery, "every try ended without a word")
    try:
        return await _handled(tools, delivery)
    except BrokenKey as broken:
        return await _broken(tools, delivery, broken)
    except (NotOurs, RedisError):
        raise
    except Retry as retry:
        return await _again(tools, delivery, retry)
    except Reject as reject:
        metrics.HANDLED.labels(tools.service, "rejected").inc()
        return await tools.handler.exhausted(delivery, reject.reason)
    except Exception as error:  # noqa: BLE001 - a bug: it stays pending, is counted, and becomes a dead letter in the end
        return await _crashed(tools, delivery, error)


async def _handled(tools: Tools, delivery: Delivery) -> Done | Hold:
    kind = delivery.entry.stream.rpartition("}:")[2]
    about = {
        "messaging.system": "redis",
        "messaging.operation.type": "process",
        "messaging.destination.name": f"wa:{{instance}}:{kind}",
        "messaging.message.id": delivery.event.id,
    }
    with tools.tracing.span(f"process {kind}", SpanKind.CONSUMER, delivery.event.traceparent, about) as span:
        return await tools.handler.handle(delivery, span)


async def _begun(tools: Tools, owner: Owner, delivery: Delivery) -> Delivery:
    """Write a try down before it begins, unless it is the very first: one that kills its process must be counted."""
    first = not delivery.entry.claimed and delivery.progress.count == 0
    if first or tools.handler.counts_tries:
        return delivery
    progress = delivery.progress.begun(at=tools.clock.now_ms(), by=tools.replica)
    await tools.committer.hold(owner, delivery.entry, delivery.key, Hold(progress, 0))
    return replace(delivery, progress=progress)


async def _broken(tools: Tools, delivery: Delivery, broken: BrokenKey) -> Done:
    """A dead letter, if the key is this one's own; what the whole instance goes by is no message's fault."""
    if not broken.is_of_one:
        raise broken
    tools.complaints.about(broken.key, broken.problem, "what it is about is a dead letter")
    metrics.HANDLED.labels(tools.service, "rejected").inc()
    return await tools.handler.exhausted(delivery, broken.reason)


async def _crashed(tools: Tools, delivery: Delivery, error: Exception) -> Done | Hold:
    _log.exception("handler_failed", event_id=delivery.event.id, type=type(delivery.event).__name__)
    metrics.HANDLED.labels(tools.service, "crashed").inc()
    reason = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode()
    last = delivery.progress.last
    if not (tools.handler.counts_tries and last and last.is_open):
        return await _again(tools, delivery, Retry(reason))
    # What it had done by then nobody knows: the try stays open, for the handler to look for its outcome.
    if delivery.progress.since:
        return await _exhausted(tools, delivery, reason)
    now = tools.clock.now_ms()
    return Hold(delivery.progress.sought(now), now)


async def _again(tools: Tools, delivery: Delivery, retry: Retry) -> Done | Hold:
    now, progress = tools.clock.now_ms(), delivery.progress
    if retry.counts:
        if progress.last is None or not progress.last.is_open:
            progress = progress.begun(at=now, by=tools.replica)
        progress = progress.ended("retry", retry.reason)
        if progress.count >= tools.settings.max_deliveries:
            return await _exhausted(tools, replace(delivery, progress=progress), retry.reason)
    else:
        progress = progress.uncount()
    after = retry.after if retry.after is not None else full_jitter(progress.count, tools.draw)
    until = now + round(after * 1000)
    return Hold(progress.held(until), until)


async def _exhausted(tools: Tools, delivery: Delivery, reason: str) -> Done:
    metrics.HANDLED.labels(tools.service, "exhausted").inc()
    return replace(await tools.handler.exhausted(delivery, reason), progress=delivery.progress)
