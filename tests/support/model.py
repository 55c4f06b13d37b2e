"""What do tests of the model path start from? The demonstration clinic, one turn, and a model with short deadlines."""

import time
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clinic import Clinic, Clinics
from clinic.knowledge import Knowledge
from responder.model import ModelSettings, Turn
from responder.model.model import Model

CLINICS = Path(__file__).parents[2] / "clinics"
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("America/Sao_Paulo"))  # a Tuesday
MODEL = "desk-1"


@cache
def demo() -> tuple[Clinic, Knowledge]:
    clinic = Clinics.load(CLINICS).for_instance("demo")
    return clinic, Knowledge.build(clinic)


def a_turn(*texts: str, seconds: float = 5.0, **more: Any) -> Turn:
    """A turn of the demonstration clinic with the notes that its question finds."""
    clinic, knowledge = demo()
    language = more.pop("language", "pt")
    hits = more.pop("hits", tuple(knowledge.search(" ".join(texts), language, limit=3)))
    return Turn(
        instance="demo", chat="5511988880001", texts=texts, clinic=clinic, knowledge=knowledge, language=language,
        now=NOW, deadline=time.monotonic() + seconds, hits=hits, **more,
    )  # fmt: skip


def a_model(url: str, redis: Any = None, **settings: Any) -> Model:
    """A model at `url` that gives up soon."""
    given = {"llm_base_url": url, "llm_model": MODEL, "llm_first_token_s": 1.0, "llm_total_s": 4.0, **settings}
    return Model(ModelSettings(**given), redis)
