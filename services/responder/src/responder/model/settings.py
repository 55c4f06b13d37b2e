"""What can be set about the model?"""

from typing import Annotated

import msgspec

from shared.settings import HttpUrl, NotNegative, Positive, Rate, Secret

Seconds = Annotated[float, msgspec.Meta(gt=0)]


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True, rename=str.upper):
    """Any OpenAI-compatible endpoint. Without `LLM_BASE_URL` and `LLM_MODEL` there is no model."""

    llm_base_url: HttpUrl = ""
    """Up to the version: `http://models.internal:8000/v1`. An address without a path gets `/v1`."""
    llm_model: str = ""
    llm_api_key: Secret = ""
    llm_fallback_model: str = ""
    """Asked, at the same endpoint, when the first does not answer."""
    llm_first_token_s: Seconds = 3.0
    """A call that has not begun to answer by then is given up, and the fallback is asked."""
    llm_total_s: Seconds = 12.0
    """From the question to the answer, with every retry and every tool."""
    llm_concurrency: Positive = 8
    """Answers worked on at the same time, per replica; the others queue, VIPs first."""
    llm_max_output_tokens: Positive = 600
    llm_daily_tokens: NotNegative = 0
    """Tokens a clinic may use in one of its days; 0: unlimited."""
    llm_daily_cost_usd: Rate = 0.0
    """What a clinic may spend in one of its days, in US dollars; 0: unlimited. Needs the two prices."""
    llm_cost_in_per_m: Rate = 0.0
    """US dollars for a million tokens of prompt."""
    llm_cost_out_per_m: Rate = 0.0
    """US dollars for a million tokens of answer."""
    transcribe_model: str = ""
    """Turns voice notes into text; empty: off."""
    transcribe_cost_per_minute: Rate = 0.0
    """US dollars for a minute of a voice note, which counts in `LLM_DAILY_COST_USD`."""
    vision_model: str = ""
    """Describes pictures; empty: off."""
    embeddings_model: str = ""
    """Makes vectors for the knowledge search; empty: off."""
    embeddings_cost_per_m: Rate = 0.0
    """US dollars for a million tokens of text that vectors are made for, which counts in `LLM_DAILY_COST_USD`."""

    @property
    def on(self) -> bool:
        """Is there a model that answers?"""
        return bool(self.llm_base_url and self.llm_model)
