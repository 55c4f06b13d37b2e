"""What can be set about the admin service?"""

from shared.settings import HttpUrl, NotNegative, Port, Positive, Secret, ServiceSettings


class AdminSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The admin's settings, beside those of every service."""

    admin_token: Secret
    """What `Authorization: Bearer …` must say on every route but the health routes: an operator."""
    port: Port = 8004
    evolution_server_url: HttpUrl = ""
    """The gateway's address: for its instances, QR codes and webhooks; empty: it is not asked."""
    evolution_api_key: Secret | None = None
    """The gateway's global key."""
    metrics_token: Secret | None = None
    """What `Authorization: Bearer …` must say on `/metrics`, unless it is a token of the API; unset: nothing."""
    trusted_proxies: NotNegative = 0
    """How many proxies stand before the page and add to `X-Forwarded-For`; 0: callers are who they seem to be."""
    media_allow_private: bool = False
    """Whether the URL of a file that is to be sent may lead to a private address, which the gateway then fetches."""
    uploads_max_mib: Positive = 64
    """MiB that the files which are kept for sending may take in Redis together, for each instance."""
    wa_instances: str = ""
    """Instances that count as known before anything came from them, separated by commas."""
    wa_retention_days: NotNegative = 0
    """Days after which facts leave the log, and what is as old the views. 0: nothing goes by its age."""
    clinics_dir: str = "clinics"
    """The folder with the clinics' files."""
    clinic_default: str = "demo"
    """The clinic that answers for an instance which no clinic file names."""
    ingest_public_url: HttpUrl = ""
    """Where the gateway reaches ingest, for setting webhooks: https://hooks.example.org; empty: they cannot be set."""
    webhook_token: Secret | None = None
    """What the gateway's webhooks present to ingest: ingest's own setting, for setting webhooks."""
    prometheus_url: HttpUrl = ""
    """Where Prometheus is, for the alerts of the overview; empty: none are shown."""

    @property
    def instances(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.wa_instances.split(",") if name.strip())
