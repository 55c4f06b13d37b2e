"""What shell does a service run in? Health, metrics, signals, and an order of starting and stopping."""

from shared.service.consuming import consuming
from shared.service.platform import PLATFORM, Platform, new_platform
from shared.service.running import new_app, run

__all__ = ["PLATFORM", "Platform", "consuming", "new_app", "new_platform", "run"]
