"""How is a webhook answered? 200 only after it is in Redis; 503, which the gateway retries, when it cannot be."""

import time

from aiohttp import web
from opentelemetry.trace import SpanKind
from redis.exceptions import RedisError

from ingest.auth import Authenticator
from ingest.recorder import Recorder, Tally
from ingest.settings import IngestSettings
from ingest.webhook import BadWebhook, Translation, translate, valid_instance
from shared.errors import QueueFull
from shared.service import PLATFORM, Platform, new_app
from shared.streams.log import Log
from shared.telemetry import logs, metrics

BODY_LIMIT = 2 * 1024**2

SETTINGS = web.AppKey("SETTINGS", IngestSettings)
AUTHENTICATOR = web.AppKey("AUTHENTICATOR", Authenticator)
RECORDER = web.AppKey("RECORDER", Recorder)

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
    app[RECORDER] = Recorder(log)
    app.router.add_post("/webhooks/evolution/{instance}", webhook)
    app.router.add_post("/webhooks/evolution/{instance}/{event}", webhook)
    return app


async def webhook(request: web.Request) -> web.Response:
    """`POST /webhooks/evolution/{instance}[/{event}]`."""
    started = time.monotonic()
    answer, label = await _answer(request)
    metrics.WEBHOOKS.labels(label).inc()
    metrics.WEBHOOK_SECONDS.observe(time.monotonic() - started)
    return answer


async def _answer(request: web.Request) -> tuple[web.Response, str]:
    app, instance = request.app, request.match_info["instance"]
    if not app[AUTHENTICATOR].accepts(request.headers):
        return _problem(401, "the webhook token is missing or wrong"), "unauthorized"
    if not _known(app[SETTINGS], instance):
        return _problem(404, f"instance {instance[:100]!r} is not one of this clinic's"), "unknown_instance"
    try:
        body = await request.read()
        translation = translate(instance, body, clock=app[PLATFORM].clock, reactions=app[SETTINGS].wa_reactions)
        tally = await _record(app, translation, request.headers.get("traceparent"))
    except web.HTTPRequestEntityTooLarge:
        return _problem(413, f"the body is over {BODY_LIMIT} bytes"), "too_large"
    except BadWebhook as bad:
        _log.warning("bad_webhook", instance=instance, reason=str(bad))
        return _problem(400, str(bad)), "bad_request"
    except (RedisError, OSError, TimeoutError, QueueFull) as error:
        _log.warning("webhook_refused", instance=instance, error=str(error) or type(error).__name__)
        return _problem(503, "not stored; send it again later"), "unavailable"
    answer = {"accepted": tally.accepted, "duplicates": tally.duplicates, "ignored": tally.ignored}
    return web.json_response(answer), _label(tally)


def _known(settings: IngestSettings, instance: str) -> bool:
    return valid_instance(instance) and (not settings.instances or instance in settings.instances)


async def _record(app: web.Application, translation: Translation, parent: str | None) -> Tally:
    about = {"messaging.system": "redis", "messaging.operation.type": "send"}
    tracing = app[PLATFORM].tracing
    with tracing.span(f"webhook {translation.event_name}", SpanKind.SERVER, parent, about) as span:
        return await app[RECORDER].record(translation, span.traceparent)


def _label(tally: Tally) -> str:
    if tally.accepted:
        return "accepted"
    return "duplicate" if tally.duplicates else "ignored"


def _problem(status: int, detail: str) -> web.Response:
    body = {"title": web.Response(status=status).reason, "status": status, "detail": detail}
    return web.json_response(body, status=status, content_type="application/problem+json")
