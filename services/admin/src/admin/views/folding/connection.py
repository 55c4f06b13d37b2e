"""What did the gateway last say of the connection?"""

from admin.views.folding.state import ConnectionState
from shared.events import ConnectionChanged


def fold(state: ConnectionState, event: ConnectionChanged) -> ConnectionState:
    """The newest word by the time of its happening: webhooks come in any order."""
    if event.occurred_at < state.since:
        return state
    return ConnectionState(event.state, event.reason, event.occurred_at)
