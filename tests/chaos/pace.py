"""Was the bound kept in every window: never more than capacity + rate × t?"""

from collections.abc import Sequence


def worst_excess(times: Sequence[float], rate: float, capacity: float) -> float:
    """By how many calls the fullest window is above its bound; negative: every window is below it.

    `times` are in seconds, ascending. A window from one call to another holds both: that is the fullest there is.
    The bound is linear, so the call with the most room left behind it is the beginning of the worst window.
    """
    worst, roomiest = float("-inf"), float("-inf")
    for n, at in enumerate(times):
        roomiest = max(roomiest, rate * at - n)
        worst = max(worst, n + 1 - rate * at + roomiest)
    return worst - capacity
