"""What is the sender made of?"""

from collections.abc import AsyncIterator

from aiohttp import web

from sender.acceptance import Acceptance
from sender.attempts import Attempts
from sender.breaker import Breaker
from sender.clearance import Clearance
from sender.evolution import Evolution
from sender.handler import SendHandler
from sender.judging import Judge
from sender.new_contacts import NewContacts
from sender.presence import Presence
from sender.proof import Proof
from sender.quiet import QuietHours
from sender.receipts import ReceiptHandler, queue_of
from sender.seeking import Seeker
from sender.settings import SenderSettings
from sender.uploads import Uploads
from shared.service import Platform, consuming, new_app
from shared.streams import keys


def build(settings: SenderSettings, platform: Platform) -> web.Application:
    """The sender's application: it consumes the outbound streams and hands messages to the gateway."""
    gateway = Evolution(
        settings.evolution_server_url,
        settings.evolution_api_key,
        settings.evolution_timeout_s,
        settings.wa_typing_ms,
        platform.clock,
    )
    new_contacts = NewContacts(platform.scripts, settings, platform.clock)
    handler = _handler(settings, platform, gateway, new_contacts)
    receipts = ReceiptHandler(platform.scripts, platform.clock, settings.send_unconfirmed_after_s, new_contacts)
    presence = Presence(platform, gateway, handler.breaker)

    async def gateway_open(_app: web.Application) -> AsyncIterator[None]:
        async with gateway:
            yield

    app = new_app(platform)
    app.cleanup_ctx.append(gateway_open)
    app.cleanup_ctx.append(presence.running)
    group = keys.OUTBOUND_GROUP
    app.cleanup_ctx.append(
        consuming(platform, receipts, group=group, streams_of=_receipts, part="receipts", queue_of=queue_of)
    )
    app.cleanup_ctx.append(consuming(platform, handler, group=group, streams_of=_streams, promotes=_parked_for))
    return app


def _handler(
    settings: SenderSettings, platform: Platform, gateway: Evolution, new_contacts: NewContacts
) -> SendHandler:
    clock, scripts, tries = platform.clock, platform.scripts, platform.streams.max_deliveries
    acceptance, breaker = Acceptance(clock, settings.send_unconfirmed_after_s), Breaker(gateway.is_alive)
    uploads = Uploads(scripts)
    return SendHandler(
        gateway=gateway,
        attempts=Attempts(scripts, settings, clock, platform.streams.log_maxlen),
        clearance=Clearance(scripts, settings, QuietHours(scripts, clock), uploads, clock),
        breaker=breaker,
        uploads=uploads,
        judge=Judge(acceptance, new_contacts, clock, tries),
        seeker=Seeker(
            Proof(scripts, gateway, clock),
            breaker,
            acceptance,
            clock,
            settings.send_proof_wait_s,
            settings.evolution_timeout_s,
        ),
        clock=clock,
        max_deliveries=tries,
        stall_s=platform.streams.lease_ms / 2000,
    )


def _streams(instance: str) -> tuple[str, str]:
    return keys.outbound_vip(instance), keys.outbound(instance)


def _receipts(instance: str) -> tuple[str]:
    return (keys.receipts(instance),)


def _parked_for(instance: str) -> tuple[str, ...]:
    return *_streams(instance), *_receipts(instance)
