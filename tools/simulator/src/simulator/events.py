"""What does the gateway post when something happens?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt

from .delivery import Delivery, Job
from .instance import Instance, Webhook, iso
from .recorded import dumps

JWT_LIFE = 600  # seconds, as recorded; retries carry the same token
_HEADERS = {
    "Accept": "application/json, text/plain, */*",
    "Content-Type": "application/json",
    "User-Agent": "axios/1.21.1",
}


class Events:
    def __init__(self, delivery: Delivery, server_url: str) -> None:
        self._delivery = delivery
        self._server_url = server_url

    def emit(self, instance: Instance, event: str, data: Any, done: Callable[[], None] | None = None) -> None:
        """Post an event. `data` may be JSON text already, where it was written for the answer too."""
        hook = instance.webhook
        if not hook.bases or not hook.enabled or not _wanted(hook, event):
            return
        body = self._body(instance, event, data if isinstance(data, str) else dumps(data))
        suffix = "/" + event.replace(".", "-") if hook.by_events else ""
        urls = tuple(base + suffix for base in hook.bases)
        self._delivery.submit(Job(urls, _headers(hook), body.encode(), done))

    def _body(self, instance: Instance, event: str, data: str) -> str:
        sender = f',"sender":{dumps(instance.own_jid)}' if instance.ever_connected else ""
        return (
            f'{{"event":{dumps(event)},"instance":{dumps(instance.name)},"data":{data}'
            f',"destination":{dumps(instance.webhook.bases[0])},"date_time":"{iso(time.time())}"{sender}'
            f',"server_url":{dumps(self._server_url)},"apikey":{dumps(instance.token)}}}'
        )


def _wanted(hook: Webhook, event: str) -> bool:
    return not hook.events or event.replace(".", "_").upper() in hook.events


def _headers(hook: Webhook) -> dict[str, str]:
    extra = dict(hook.headers)
    secret = extra.pop("jwt_key", None)
    if secret:
        now = int(time.time())
        claims = {"iat": now, "exp": now + JWT_LIFE, "app": "evolution", "action": "webhook"}
        extra["Authorization"] = f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"
    return {**_HEADERS, **extra}
