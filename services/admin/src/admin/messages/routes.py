"""Which routes has the clinic's own outbox?"""

from aiohttp import web

from admin.instances import Instances
from admin.messages.cancelling import Cancelling
from admin.messages.sending import Sending
from shared.service import Platform


def add_message_routes(app: web.Application, platform: Platform, instances: Instances) -> None:
    """Send a message, and take it back."""
    app.router.add_post("/admin/messages", Sending(platform, instances).send)
    app.router.add_delete("/admin/messages/{id}", Cancelling(platform, instances).cancel)
