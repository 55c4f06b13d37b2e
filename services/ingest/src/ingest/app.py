"""How is a webhook answered? 200 only after it is in Redis; 503, which the gateway retries, when it cannot be."""

import time

import msgspec
from aiohttp import web
from opentelemetry.trace import SpanKind
from redis.exceptions import RedisError

from ingest.auth import Authenticator
from ingest.body import BODY_LIMIT, Refused, read_body
from ingest.durable import Durability
from ingest.recorder import Recorder, Tally
from ingest.refusing import Refusing
from ingest.settings import IngestSettings
from ingest.webhook import BadWebhook, Translation, translate, valid_instance
from shared.errors import QueueFull
from shared.service import PLATFORM, Platform, new_app
from shared.streams.log import Log
from shared.telemetry import logs, metrics

LABELS = ("accepted", "duplicate", "ignored")

SETTINGS = web.AppKey("SETTINGS", IngestSettings)
AUTHENTICATOR = web.AppKey("AUTHENTICATOR", Authenticator)
RECORDER = web.AppKey("RECORDER", Recorder)
REFUSING = web.AppKey("REFUSING", Refusing)

_log = logs.get(__name__)


def build(settings: IngestSettings, platform: Platform) -> web.Application:
    """The ingest's application."""
    streams = platform.streams
    log = Log(
        platform.scripts,
        log_maxlen=streams.log_maxlen,
        bound=streams.stream_maxlen,
        seen_life_s=streams.idempotency_ttl_s,
    )
    app = new_app(platform, client_max_size=BODY_LIMIT)
    app[SETTINGS] = settings
    app[AUTHENTICATOR] = Authenticator(settings.webhook_token, clock=platform.clock)
    durability = Durability(settings.redis_url, aof=settings.wa_wait_aof, replicas=settings.wa_wait_replicas)
    app.cleanup_ctx.append(durability.running)
    app[RECORDER] = Recorder(log, durability)
    app[REFUSING] = Refusing(platform.scripts, platform.clock)
    app.router.add_post("/webhooks/evolution/{instance:[^/]+}", webhook)
    app.router.add_post("/webhooks/evolution/{instance:[^/]+}/{event:.*}", webhook)  # the body names the event, too
    return app


async def webhook(request: web.Request) -> web.Response:
    """`POST /webhooks/evolution/{instance}[/{event}]`."""
    started, label = time.monotonic(), "failed"
    try:
        answer, label = await _answer(request)
    finally:
        metrics.WEBHOOKS.labels(label).inc()
        metrics.WEBHOOK_SECONDS.observe(time.monotonic() - started)
    return answer


async def _answer(request: web.Request) -> tuple[web.Response, str]:
    app, instance = request.app, request.match_info["instance"]
    try:
        await _admit(request, instance)
        body = await read_body(request)
        translation = translate(instance, body, clock=app[PLATFORM].clock, reactions=app[SETTINGS].wa_reactions)
        tally = await _record(app, translation, request.headers.get("traceparent"))
    except Refused as refused:
        return _problem(refused.status, refused.detail), refused.label
    except BadWebhook as bad:
        _log.warning("bad_webhook", instance=instance, reason=str(bad))
        return _problem(400, str(bad)), "bad_request"
    except (RedisError, OSError, QueueFull) as error:
        _log.warning("webhook_refused", instance=instance, error=str(error) or type(error).__name__)
        return _problem(503, "not stored; send it again later"), "unavailable"
    return _taken(tally)


async def _admit(request: web.Request, instance: str) -> None:
    """Raises Refused; the body is not read for that."""
    if not request.app[AUTHENTICATOR].accepts(request.headers):
        _log.warning("unauthorized", instance=instance[:100])
        await request.app[REFUSING].note(instance if valid_instance(instance) else "")
        raise Refused(401, "unauthorized", "the webhook token is missing or wrong")
    settings = request.app[SETTINGS]
    if not valid_instance(instance) or (settings.instances and instance not in settings.instances):
        _log.warning("unknown_instance", instance=instance[:100])
        raise Refused(404, "unknown_instance", f"instance {instance[:100]!r} is not one of this clinic's")


async def _record(app: web.Application, translation: Translation, parent: str | None) -> Tally:
    about = {"messaging.system": "redis", "messaging.operation.type": "send"}
    tracing = app[PLATFORM].tracing
    with tracing.span(f"webhook {translation.event_name}", SpanKind.SERVER, parent, about) as span:
        return await app[RECORDER].record(translation, span.traceparent)


def _taken(tally: Tally) -> tuple[web.Response, str]:
    answer = {"accepted": tally.accepted, "duplicates": tally.duplicates, "ignored": tally.ignored}
    label = next((name for name, count in zip(LABELS, answer.values(), strict=True) if count), "ignored")
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json"), label


def _problem(status: int, detail: str) -> web.Response:
    body = {"title": web.Response(status=status).reason, "status": status, "detail": detail}
    return web.json_response(body, status=status, content_type="application/problem+json")
