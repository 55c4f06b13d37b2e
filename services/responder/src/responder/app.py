"""What is the responder made of?"""

from collections.abc import AsyncIterator

from aiohttp import web

from clinic import ClinicError, Clinics
from responder.appointments import AppointmentHandler
from responder.background import beside
from responder.chat import Memory, Pace
from responder.context import Gathering
from responder.handler import AnswerHandler
from responder.hearing import Hearing
from responder.library import Library
from responder.meaning import Meanings, Vectors
from responder.model import ModelSettings
from responder.model import build as build_model
from responder.quiet import QuietHours
from responder.settings import ResponderSettings
from responder.soon import Soon
from responder.turning import Turning
from responder.uploads import Uploads
from shared.errors import SettingsError
from shared.service import Platform, consuming, new_app
from shared.streams import keys
from shared.streams.keeping import Loop


def build(settings: ResponderSettings, model_settings: ModelSettings, platform: Platform) -> web.Application:
    """The responder's application: it consumes the inbound streams and commits answers."""
    try:
        clinics = Clinics.sound(settings.clinics_dir, settings.clinic_default)
    except ClinicError as error:
        raise SettingsError(f"CLINICS_DIR: {error}") from error
    library = Library(clinics, Uploads(platform.scripts))
    model = build_model(model_settings, platform.redis)
    meanings = None
    if model is not None and model_settings.on and model_settings.embeddings_model:
        meanings = Meanings(Vectors(platform.scripts, model, model_settings.embeddings_model))
    hearing = Hearing(model, settings.evolution_server_url, settings.evolution_api_key)
    appointments = AppointmentHandler(library, platform.clock, settings.appointments_token)
    handler = _handler(settings, platform, library, Gathering(model, meanings), hearing)

    async def outside_open(_app: web.Application) -> AsyncIterator[None]:
        async with hearing, appointments:
            yield
        if model is not None:
            await model.aclose()

    loops: dict[str, Loop] = {
        "clinics": library.keep_fresh, "quiet_hours": QuietHours(platform.scripts, library).keep_published,
    }  # fmt: skip
    if meanings is not None:
        loops["meanings"] = lambda: meanings.keep_ready(library)

    app = new_app(platform)
    app.cleanup_ctx.append(beside(platform.service, library.look, loops))
    app.cleanup_ctx.append(outside_open)
    group = keys.INBOUND_GROUP
    app.cleanup_ctx.append(
        consuming(platform, appointments, group=group, streams_of=_appointments, part="appointments")
    )
    app.cleanup_ctx.append(consuming(platform, handler, group=group, streams_of=_streams))
    return app


def _handler(
    settings: ResponderSettings, platform: Platform, library: Library, gathering: Gathering, hearing: Hearing
) -> AnswerHandler:
    memory, streams = Memory(platform.scripts), platform.streams
    staff_pause_ms = settings.responder_staff_pause_s * 1000
    return AnswerHandler(
        library=library,
        memory=memory,
        turning=Turning(gathering, hearing, memory, platform.clock, settings.reply_ttl_s, staff_pause_ms),
        soon=Soon(
            platform.scripts, platform.clock, settings, platform.service, streams.log_maxlen, streams.stream_maxlen
        ),
        clock=platform.clock,
        pace=Pace(
            settings.responder_debounce_min_ms, settings.responder_debounce_max_ms, settings.responder_turn_cap_ms
        ),
        reply_ttl_s=settings.reply_ttl_s,
    )


def _streams(instance: str) -> tuple[str]:
    return (keys.inbound(instance),)


def _appointments(instance: str) -> tuple[str]:
    return (keys.appointments(instance),)
