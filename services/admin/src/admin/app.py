"""What is the admin service made of?"""

from aiohttp import web

from admin.access.access import Access
from admin.access.audit import Audit
from admin.http.describing import DOCUMENT, Describing
from admin.http.endpoint import Endpoint, add, with_body_limits
from admin.http.problems import as_problems
from admin.http.remembering import REMEMBERING, Remembering
from admin.instances import Instances
from admin.page.site import Site
from admin.rooms import furnish
from admin.settings import AdminSettings
from admin.streams.gauges import Gauges
from admin.streams.looking import Looking
from admin.streams.operations.desk import Desk
from admin.streams.workers import Workers
from admin.views.projecting.projector import Projector
from admin.views.rebuilding import Rebuilds
from admin.views.store import Store
from admin.views.views import Views
from shared.service import Platform, new_app

BODY_LIMIT = 2 * 1024**2


def build(settings: AdminSettings, platform: Platform, views: Views | None = None) -> web.Application:
    """The admin's application: it shows and steers the streams, and takes the clinic's own messages.

    `views` are read instead of those that the projector keeps.
    """
    instances, workers = Instances(platform.redis, settings.instances), Workers(platform.redis)
    app = new_app(platform, client_max_size=BODY_LIMIT)
    app.middlewares.extend((as_problems, with_body_limits))
    audit = Audit(platform)
    views = views or Store(platform.scripts, platform.clock)
    site = Site(settings, platform, instances, views)
    access = Access(settings, platform, audit, site.login)
    access.guard(app)
    app[REMEMBERING] = Remembering(platform)
    rooms = furnish(settings, platform, instances, views, audit)
    app.cleanup_ctx.append(Gauges(platform.scripts, instances, workers).running)
    app.cleanup_ctx.append(Projector(platform, settings.wa_retention_days).running)
    app.cleanup_ctx.extend(rooms.running)
    endpoints: list[Endpoint] = []
    endpoints += Looking(platform, instances, workers).endpoints
    endpoints += Desk(platform, instances, workers).endpoints
    endpoints += Rebuilds(platform, instances).endpoints
    endpoints += access.endpoints
    endpoints += rooms.endpoints
    describing = Describing(endpoints)
    app[DOCUMENT] = describing.document
    add(app, [*endpoints, *describing.endpoints])
    site.join(app, endpoints)
    return app
