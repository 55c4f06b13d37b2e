"""Which settings does the simulator take, and what do they mean?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AUTHS = ("bearer", "header", "jwt")
VERSIONS = ("2.3.6", "2.3.7")


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 8080
    api_key: str = "demo-key"
    webhook_urls: tuple[str, ...] = ()
    webhook_token: str = ""
    webhook_auth: str = "bearer"
    webhook_by_events: bool = False
    instances: tuple[str, ...] = ("demo",)
    version: str = "2.3.6"
    retry_scale: float = 1.0
    seed: int | None = None
    ack_delay_ms: float = 40
    acks: bool = True

    @property
    def server_url(self) -> str:
        """Where the gateway says that it is."""
        return f"http://{self.host}:{self.port}"

    def webhook_headers(self) -> dict[str, str]:
        """The headers in the form in which the gateway stores them; `jwt_key` makes it sign each event."""
        if not self.webhook_token:
            return {}
        return {
            "bearer": {"Authorization": f"Bearer {self.webhook_token}"},
            "header": {"X-Webhook-Token": self.webhook_token},
            "jwt": {"jwt_key": self.webhook_token},
        }[self.webhook_auth]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        return cls(
            host=env.get("HOST") or "127.0.0.1",
            port=int(env.get("PORT") or 8080),
            api_key=env.get("EVOLUTION_API_KEY") or "demo-key",
            webhook_urls=_listed(env.get("WEBHOOK_URL", "")),
            webhook_token=env.get("WEBHOOK_TOKEN", ""),
            webhook_auth=_one_of("WEBHOOK_AUTH", env.get("WEBHOOK_AUTH") or "bearer", AUTHS),
            webhook_by_events=env.get("WEBHOOK_BY_EVENTS", "0") not in ("", "0"),
            instances=_listed(env.get("INSTANCES") or "demo"),
            version=_one_of("EVOLUTION_VERSION", env.get("EVOLUTION_VERSION") or "2.3.6", VERSIONS),
            retry_scale=float(env.get("RETRY_SCALE") or 1.0),
            seed=int(env["SEED"]) if env.get("SEED") else None,
            ack_delay_ms=float(env.get("ACK_DELAY_MS") or 40),
            acks=env.get("ACKS", "1") not in ("", "0"),
        )


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise SystemExit(f"{name} is {value!r}: set it to one of {', '.join(allowed)}")
    return value
