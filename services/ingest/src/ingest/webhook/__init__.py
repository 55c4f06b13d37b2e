"""What did the gateway's webhook tell? Bytes in, facts out; nothing here touches the network, Redis or a log."""

from ingest.webhook.errors import BadWebhook
from ingest.webhook.names import EVENTS, REASONS, Reason, valid_instance
from ingest.webhook.record import Echo, Record, Translation
from ingest.webhook.translate import translate

__all__ = [
    "EVENTS", "REASONS", "BadWebhook", "Echo", "Reason", "Record", "Translation", "translate", "valid_instance",
]  # fmt: skip
