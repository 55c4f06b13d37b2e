"""Which routes has the clinic's own outbox?"""

from aiohttp import web

from admin.instances import Instances
from admin.messages.cancelling import Cancelling
from admin.messages.sending import Sending
from admin.messages.uploads import Uploads
from shared.service import Platform


def add_message_routes(
    app: web.Application, platform: Platform, instances: Instances, *, allow_private: bool = False
) -> None:
    """Send a message, take it back, and keep a file that is to be sent."""
    uploads = Uploads(platform, instances)
    app.router.add_post("/admin/messages", Sending(platform, instances, uploads, allow_private=allow_private).send)
    app.router.add_post("/admin/uploads", uploads.upload)
    app.router.add_delete("/admin/messages/{id}", Cancelling(platform, instances).cancel)
