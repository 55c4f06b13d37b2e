"""What is the responder made of?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from clinic import ClinicError, Clinics
from responder.chat import Pace
from responder.handler import AnswerHandler
from responder.library import Library
from responder.model import ModelSettings
from responder.model import build as build_model
from responder.quiet import QuietHours
from responder.settings import ResponderSettings
from responder.uploads import Uploads
from shared.errors import SettingsError
from shared.service import Platform, consuming, new_app
from shared.streams import keys


def build(settings: ResponderSettings, model_settings: ModelSettings, platform: Platform) -> web.Application:
    """The responder's application: it consumes the inbound streams and commits answers."""
    try:
        clinics = Clinics.load(settings.clinics_dir, settings.clinic_default)
    except ClinicError as error:
        raise SettingsError(f"CLINICS_DIR: {error}") from error
    library = Library(clinics, Uploads(platform.scripts))
    pace = Pace(settings.responder_debounce_min_ms, settings.responder_debounce_max_ms, settings.responder_turn_cap_ms)
    model = build_model(model_settings, platform.redis)
    handler = AnswerHandler(
        library, platform.scripts, platform.clock, pace, settings.reply_ttl_s, settings.responder_staff_pause_s, model
    )

    async def model_open(_app: web.Application) -> AsyncIterator[None]:
        yield
        if model is not None:
            await model.aclose()

    async def files_watched(_app: web.Application) -> AsyncIterator[None]:
        await library.look()
        watching = asyncio.gather(library.keep_fresh(), QuietHours(platform.scripts, library).keep_published())
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    app = new_app(platform)
    app.cleanup_ctx.append(files_watched)
    app.cleanup_ctx.append(model_open)
    app.cleanup_ctx.append(consuming(platform, handler, group=keys.INBOUND_GROUP, streams_of=_streams))
    return app


def _streams(instance: str) -> tuple[str]:
    return (keys.inbound(instance),)
