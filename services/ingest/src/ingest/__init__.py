"""Takes the gateway's webhooks into Redis."""
