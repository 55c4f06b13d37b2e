"""What can be set about taking webhooks?"""

from ingest.webhook import valid_instance
from shared.settings import HttpUrl, NotNegative, Port, Secret, ServiceSettings


class IngestSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The ingest's settings, beside those of every service."""

    webhook_token: Secret
    """What the gateway must present, or sign its JWT with."""
    evolution_server_url: HttpUrl = ""
    evolution_api_key: Secret | None = None
    port: Port = 8001
    wa_instances: str = ""
    """Instances that may post, separated by commas; empty: any that presents the token."""
    wa_reactions: bool = False
    """Whether a reaction (👍) counts as a message."""

    wa_wait_aof: bool = False
    """Answer 200 only after Redis has it on its disk (WAITAOF: Redis 7.2 or later, with `appendonly yes`)."""
    wa_wait_replicas: NotNegative = 0
    """Answer 200 only after so many replicas of Redis have it."""

    def __post_init__(self) -> None:
        for name in self.instances:
            if not valid_instance(name):
                raise ValueError(f"WA_INSTANCES: {name!r} can not be an instance's name")

    @property
    def instances(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.wa_instances.split(",") if name.strip())
