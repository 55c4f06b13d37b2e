"""Which routes has the clinic's own outbox?"""

from admin.access.principal import Role
from admin.http.endpoint import Endpoint
from admin.instances import Instances
from admin.library import Library
from admin.messages.accepting import Accepting
from admin.messages.cancelling import Cancelling
from admin.messages.sending import Sending
from admin.messages.uploads import Uploads
from shared.service import Platform


class Messages:
    """Send a message, take it back, and keep a file that is to be sent."""

    def __init__(
        self, platform: Platform, instances: Instances, library: Library, uploads: Uploads, accepting: Accepting
    ) -> None:
        role, send = Role.STAFF, Sending(platform, instances, library, accepting).send
        path, tag = "/admin/messages", "messages"
        self.endpoints = [
            Endpoint("POST", path, role, send, tag, status=202, also=(200,), remembers=False),
            Endpoint("DELETE", f"{path}/{{id}}", role, Cancelling(platform, instances).cancel, tag),
            Endpoint(
                "POST", "/admin/uploads", role, uploads.upload, tag, status=201, takes="multipart/form-data",
                remembers=False,
            ),
        ]  # fmt: skip
