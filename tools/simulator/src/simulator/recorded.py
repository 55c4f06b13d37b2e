"""What did the real gateway answer, and what did it post?

`recorded/answers.json` and `recorded/webhooks.json` hold the bodies of the recorded exchanges, one a line, by the
name of their recording. Names beginning with `v2.3.7/` are what changed in that version.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

Json = dict[str, Any]

UPSERT = "MESSAGES_UPSERT__"
# Who the recordings are about; replaced by the instance and the patient at hand.
PATIENT, CLINIC = "5511988887777", "5511999990000"
LID, LID_ALONE = "123456789012345", "998877665544332"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


class Recorded:
    def __init__(self, version: str) -> None:
        self._prefix = f"v{version}/"
        self._answers: Json = _load("answers.json")
        # As text: a template is filled by replacing, then read, so no two events share a part.
        self._webhooks = {name: dumps(body["data"]) for name, body in _load("webhooks.json").items()}

    def answer(self, name: str) -> Answer:
        found = self._answers.get(self._prefix + name) or self._answers.get(name)
        if found is None:
            raise KeyError(name)
        return Answer(found["status"], json.loads(json.dumps(found["body"])))

    def has_answer(self, name: str) -> bool:
        return name in self._answers or self._prefix + name in self._answers

    def data(self, name: str, swaps: dict[str, str] | None = None) -> Any:
        """A fresh copy of a recorded webhook's data, with some of its words replaced."""
        text = self._webhooks.get(self._prefix + name) or self._webhooks[name]
        for old, new in (swaps or {}).items():
            text = text.replace(old, new)
        return json.loads(text)

    def upsert_name(self, kind: str) -> str | None:
        """The recording that shows a patient's message of this kind."""
        name = UPSERT + _UPSERT_OF.get(kind, kind)
        newer = _NEWER.get(name, name)
        if self._prefix + newer in self._webhooks:
            return newer
        return name if name in self._webhooks else None

    def kinds(self) -> list[str]:
        recorded = [name.removeprefix(UPSERT) for name in self._webhooks if name.startswith(UPSERT)]
        return sorted({"text", *recorded})


# "text" means the plain one; in 2.3.7 some were recorded anew under other names.
_UPSERT_OF = {"text": "text_conversation"}
_NEWER = {
    UPSERT + "text_conversation": UPSERT + "text",
    UPSERT + "lid_addressed_text": UPSERT + "lid_text",
    UPSERT + "group_text": UPSERT + "group_lid",
    "MESSAGES_EDITED__edit_of_text": "MESSAGES_EDITED__edit",
}


def _load(name: str) -> Json:
    text = resources.files(__package__).joinpath("recorded", name).read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: Any) -> str:
    """JSON as JavaScript writes it: compact, not escaped."""
    return _ENCODER.encode(value)
