"""What can be set about taking webhooks?"""

from shared.settings import HttpUrl, Port, Secret, ServiceSettings


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

    @property
    def instances(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.wa_instances.split(",") if name.strip())
