"""What can be set about answering?"""

from shared.settings import HttpUrl, NotNegative, Port, Positive, Rate, Secret, ServiceSettings


class ResponderSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The responder's settings, beside those of every service."""

    clinics_dir: str = "clinics"
    """The folder with the clinics' files."""
    clinic_default: str = "demo"
    """The clinic that answers for an instance which no clinic file names."""
    port: Port = 8002
    reply_ttl_s: Positive = 6 * 3600
    """A reply that is later than this is not sent but recorded as expired."""
    responder_debounce_min_ms: NotNegative = 800
    """The shortest pause that ends a patient's turn (after a question mark). 0: every message is answered at once."""
    responder_debounce_max_ms: NotNegative = 1_500
    """The longest such pause (after a fragment)."""
    responder_turn_cap_ms: NotNegative = 5_000
    """A turn is answered this long after its first message, though more keep coming."""
    responder_staff_pause_s: NotNegative = 1_800
    """How long the bot is quiet in a chat where staff wrote on their own phone."""
    responder_ack_after_ms: NotNegative = 2_000
    """An answer that takes longer is announced by "typing…", which spends no token. 0: never."""
    responder_moment_after_ms: NotNegative = 0
    """One that takes longer than this, by one "one moment" a turn, unless the instance's pace has none to spare. 0:
    never."""
    wa_tokens_per_second: Rate = 1.0
    """The sender's pace: to know whether there is a token to spare for "one moment"."""
    wa_bucket_capacity: Positive = 5
    """The same."""
    evolution_server_url: HttpUrl = ""
    """The gateway's address: voice notes and pictures are fetched from it. Empty: they go to a person."""
    evolution_api_key: Secret = ""
    """The gateway's global key, or an instance's token."""
    appointments_token: Secret = ""
    """Sent as `Authorization: Bearer` with appointment requests to the addresses that clinic files name."""
