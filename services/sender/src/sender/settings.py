"""What can be set about sending?"""

from shared.settings import HttpUrl, NotNegative, Port, Positive, Rate, Secret, ServiceSettings


class SenderSettings(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    """The sender's settings, beside those of every service."""

    evolution_server_url: HttpUrl
    """The gateway's address."""
    evolution_api_key: Secret
    """The gateway's global key, or an instance's token."""
    port: Port = 8003
    evolution_timeout_s: Positive = 30
    """The deadline of one gateway call."""
    send_proof_wait_s: NotNegative = 15
    """How long proof is waited for, once a call whose outcome is unknown has run out of its `EVOLUTION_TIMEOUT_S`."""
    send_unconfirmed_after_s: NotNegative = 120
    """An accepted send without a receipt for this long is recorded as unconfirmed. 0: never."""
    reminder_ttl_s: Positive = 86_400
    """A reminder whose request names no end is recorded as expired after this."""
    staff_ttl_s: Positive = 86_400
    """The same for what staff send."""
    broadcast_ttl_s: Positive = 86_400
    """The same for a broadcast."""
    wa_tokens_per_second: Rate = 1.0
    """Sends per second of one instance; 0: unlimited."""
    wa_bucket_capacity: Positive = 5
    """Sends that may go at once after a quiet time."""
    wa_recipient_tokens_per_second: Rate = 0.0
    """Sends per second to one recipient; 0: unlimited."""
    wa_new_contacts_per_day: NotNegative = 0
    """Chats that never wrote to us and may be written to in one day (UTC); 0: unlimited."""
    wa_new_contacts_pause_s: Positive = 21_600
    """How long nobody new is written to after WhatsApp said that it is too many (error 463)."""
    wa_new_contacts_refusals: NotNegative = 3
    """So many first messages to new contacts with an ERROR receipt within an hour count as that; 0: never."""
    wa_typing_ms: NotNegative = 0
    """How long "typing…" shows before a text; the gateway's call takes that much longer. 0: not at all."""
