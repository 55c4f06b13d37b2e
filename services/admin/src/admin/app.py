"""What is the admin service made of?"""

from aiohttp import web

from admin.access.access import Access
from admin.access.audit import Audit
from admin.http.describing import DOCUMENT, Describing
from admin.http.endpoint import Endpoint, add
from admin.http.problems import as_problems
from admin.http.remembering import REMEMBERING, Remembering
from admin.instances import Instances
from admin.messages.routes import Messages
from admin.settings import AdminSettings
from admin.streams.gauges import Gauges
from admin.streams.looking import Looking
from admin.streams.operations.desk import Desk
from admin.streams.workers import Workers
from admin.views.projecting.projector import Projector
from admin.views.rebuilding import Rebuilds
from shared.service import Platform, new_app

BODY_LIMIT = 2 * 1024**2


def build(settings: AdminSettings, platform: Platform) -> web.Application:
    """The admin's application: it shows and steers the streams, and takes the clinic's own messages."""
    instances, workers = Instances(platform.redis, settings.instances), Workers(platform.redis)
    app = new_app(platform, client_max_size=BODY_LIMIT)
    app.middlewares.append(as_problems)
    access = Access(settings, platform, Audit(platform))
    access.guard(app)
    app[REMEMBERING] = Remembering(platform)
    app.cleanup_ctx.append(Gauges(platform.scripts, instances, workers).running)
    app.cleanup_ctx.append(Projector(platform, settings.wa_retention_days).running)
    endpoints: list[Endpoint] = []  # every room adds its own: endpoints += Room(…).endpoints
    endpoints += Looking(platform, instances, workers).endpoints
    endpoints += Desk(platform, instances, workers).endpoints
    endpoints += Messages(platform, instances).endpoints
    endpoints += access.endpoints
    endpoints += Rebuilds(platform, instances).endpoints
    describing = Describing(endpoints)
    app[DOCUMENT] = describing.document
    add(app, [*endpoints, *describing.endpoints])
    return app
