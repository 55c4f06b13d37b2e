"""Which routes has the clinic's own outbox?"""

from aiohttp import web

from admin.instances import Instances
from admin.messages.sending import Sending
from shared.service import Platform


def add_message_routes(app: web.Application, platform: Platform, instances: Instances) -> None:
    """Send a message."""
    app.router.add_post("/admin/messages", Sending(platform, instances).send)
