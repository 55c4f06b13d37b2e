"""Which alerts fire? The one place that speaks to Prometheus; without an address it says nothing."""

from typing import Any

import msgspec

from admin.outside import Outside, Unreachable

TIMEOUT_S = 2.0  # the overview waits for it


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that fires, or is about to."""

    name: str
    state: str
    """firing or pending"""
    severity: str = ""
    summary: str = ""
    instance: str = ""
    """The WhatsApp instance, if it is about one."""
    since: str = ""


class Prometheus:
    """A Prometheus server, or none."""

    def __init__(self, url: str, outside: Outside) -> None:
        self._url = url.rstrip("/")
        self._outside = outside

    @property
    def is_set(self) -> bool:
        return bool(self._url)

    async def alerts(self) -> list[Alert]:
        """What fires now. Raises Unreachable."""
        status, body = await self._outside.ask("GET", f"{self._url}/api/v1/alerts", within_s=TIMEOUT_S)
        data = body.get("data") if isinstance(body, dict) else None
        found = data.get("alerts") if isinstance(data, dict) else None
        if status != 200 or not isinstance(found, list):
            raise Unreachable(f"Prometheus answers {status}; is PROMETHEUS_URL its address?")
        return [_alert(one) for one in found if isinstance(one, dict)]


def _alert(one: dict[str, Any]) -> Alert:
    labels, notes = one.get("labels") or {}, one.get("annotations") or {}
    return Alert(
        name=str(labels.get("alertname", "")), state=str(one.get("state", "")), since=str(one.get("activeAt", "")),
        severity=str(labels.get("severity", "")), summary=str(notes.get("summary", "")),
        instance=str(labels.get("wa_instance", "")),
    )  # fmt: skip
