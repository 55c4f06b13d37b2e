"""What can be set about answering?"""

from shared.settings import Port, Positive, ServiceSettings


class ResponderSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The responder's settings, beside those of every service."""

    clinics_dir: str = "clinics"
    """The folder with the clinics' files."""
    clinic_default: str = "demo"
    """The clinic that answers for an instance which no clinic file names."""
    port: Port = 8002
    reply_ttl_s: Positive = 6 * 3600
    """A reply that is later than this is not sent but recorded as expired."""
