"""Which routes has the clinic's own outbox?"""

from admin.access.principal import Role
from admin.http.endpoint import Endpoint
from admin.instances import Instances
from admin.messages.cancelling import Cancelling
from admin.messages.sending import Sending
from shared.service import Platform


class Messages:
    """Send a message, and take it back."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        send, cancel, role = Sending(platform, instances).send, Cancelling(platform, instances).cancel, Role.STAFF
        path, tag = "/admin/messages", "messages"
        self.endpoints = [
            Endpoint("POST", path, role, send, tag, status=202, also=(200,), remembers=False),
            Endpoint("DELETE", f"{path}/{{id}}", role, cancel, tag),
        ]
