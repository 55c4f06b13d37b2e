"""What did the answers use? Tokens and money, once for each draft."""

from collections import Counter

from admin.views.folding.days import DAY_MS
from admin.views.folding.state import MessageState
from shared.events import ReplyDrafted

EMBEDDED = "embedded"


def count(tally: Counter[str], before: MessageState, event: ReplyDrafted) -> None:
    """Add what a draft used, unless it was told of this message before."""
    if before.draft == event.id:
        return
    day = event.recorded_at // DAY_MS
    if event.answered_by != EMBEDDED:
        tally[f"{day} by_model"] += 1
    if event.tokens:
        tally[f"{day} tokens"] += event.tokens
    if event.cost_usd:
        tally[f"{day} micro_usd"] += round(event.cost_usd * 1_000_000)
