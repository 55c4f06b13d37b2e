"""What is the admin service made of?"""

from aiohttp import web

from admin.access.access import Access
from admin.access.audit import Audit
from admin.http.describing import Describing
from admin.http.endpoint import Endpoint, add
from admin.http.problems import as_problems
from admin.instances import Instances
from admin.messages.routes import add_message_routes
from admin.settings import AdminSettings
from admin.streams.gauges import Gauges
from admin.streams.looking import Looking
from admin.streams.operations.desk import Desk
from admin.streams.workers import Workers
from shared.service import Platform, new_app

BODY_LIMIT = 2 * 1024**2


def build(settings: AdminSettings, platform: Platform) -> web.Application:
    """The admin's application: it shows and steers the streams, and takes the clinic's own messages."""
    instances, workers = Instances(platform.redis, settings.instances), Workers(platform.redis)
    app = new_app(platform, client_max_size=BODY_LIMIT)
    app.middlewares.append(as_problems)
    access = Access(settings, platform, Audit(platform))
    access.guard(app)
    app.cleanup_ctx.append(Gauges(platform.scripts, instances, workers).running)
    _add_routes(app, Looking(platform, instances, workers), Desk(platform, instances, workers))
    add_message_routes(app, platform, instances, allow_private=settings.media_allow_private)
    endpoints: list[Endpoint] = []  # every room adds its own: endpoints += Room(…).endpoints
    endpoints += access.endpoints
    add(app, [*endpoints, *Describing(endpoints).endpoints])
    return app


def _add_routes(app: web.Application, looking: Looking, desk: Desk) -> None:
    streams = "/admin/streams"
    app.router.add_get(f"{streams}/health", looking.health)
    app.router.add_post(f"{streams}/reset-to-latest", desk.reset_to_latest)
    app.router.add_post(f"{streams}/reset-to-begin", desk.reset_to_begin)
    app.router.add_delete(f"{streams}/destroy-recreate", desk.destroy_recreate)
    app.router.add_post(f"{streams}/claim-pending-to-worker", desk.claim_pending_to_worker)
