"""What do staff do in a running stack? They ask the admin service, and look at the patients' phones."""

import re
import shutil
from pathlib import Path
from typing import Any

from demo.http import call
from demo.stack import ADMIN_TOKEN, ROOT, Stack

CHAT = "5511988887777"
INSTANCE = "demo"


def admin(stack: Stack, method: str, path: str, body: object = None, *, name: str = "admin-0", query: str = "") -> Any:
    """The API's answer. Raises OSError for a refusal."""
    url = f"{stack.url(name)}/admin{path}?instance={INSTANCE}{query}"
    return call(method, url, body, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})


def ask(stack: Stack, text: str, chat: str = CHAT) -> None:
    """The patient writes."""
    call("POST", f"{stack.url('simulator')}/sim/{INSTANCE}/messages", {"from": chat, "text": text})


def arrived(stack: Stack) -> list[dict[str, Any]]:
    """What is on the patients' phones, in order."""
    found: list[dict[str, Any]] = call("GET", f"{stack.url('simulator')}/sim/{INSTANCE}/phone")["messages"]
    return found


def sleepless_clinics(folder: Path) -> Path:
    """The demonstration's clinics, without quiet hours: the test may run at night."""
    shutil.copytree(ROOT / "clinics", folder)
    for file in folder.glob("*.yaml"):
        file.write_text(re.sub(r"(?m)^  quiet_hours:.*\n", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder
