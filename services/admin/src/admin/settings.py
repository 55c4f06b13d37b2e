"""What can be set about the admin service?"""

from shared.settings import HttpUrl, NotNegative, Port, Secret, ServiceSettings


class AdminSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The admin's settings, beside those of every service."""

    admin_token: Secret
    """What `Authorization: Bearer …` must say on every route but the health routes: an operator."""
    port: Port = 8004
    evolution_server_url: HttpUrl = ""
    """The gateway's address. Not used yet."""
    evolution_api_key: Secret | None = None
    """The gateway's global key. Not used yet."""
    metrics_token: Secret | None = None
    """What `Authorization: Bearer …` must say on `/metrics`, unless it is a token of the API; unset: nothing."""
    trusted_proxies: NotNegative = 0
    """How many proxies stand before the page and add to `X-Forwarded-For`; 0: callers are who they seem to be."""
    wa_instances: str = ""
    """Instances that count as known before anything came from them, separated by commas."""
    wa_retention_days: NotNegative = 0
    """Days after which facts leave the log, and what is as old the views. 0: nothing goes by its age."""

    clinics_dir: str = "clinics"
    """The folder with the clinics' files."""
    clinic_default: str = "demo"
    """The clinic that answers for an instance which no clinic file names."""

    prometheus_url: HttpUrl = ""
    """Where Prometheus is, for the alerts of the overview; empty: none are shown."""

    @property
    def instances(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.wa_instances.split(",") if name.strip())
