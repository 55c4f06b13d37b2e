"""What did the answers use? Tokens and money, once for each draft."""

from admin.views.folding.days import DAY_MS, Tally
from admin.views.folding.state import MessageState
from shared.events import ReplyDrafted

EMBEDDED = "embedded"


def count(tally: Tally, before: MessageState, event: ReplyDrafted) -> None:
    """Add what a draft used, unless it was told of this message before."""
    if before.draft == event.id:
        return
    day = event.recorded_at // DAY_MS
    if event.answered_by != EMBEDDED:
        tally[day, "by_model"] += 1
    if event.tokens:
        tally[day, "tokens"] += event.tokens
    if event.cost_usd:
        tally[day, "micro_usd"] += round(event.cost_usd * 1_000_000)
