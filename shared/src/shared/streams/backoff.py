"""How long until the next try? Exponential, with full jitter.

"Full jitter" draws evenly from zero to the exponential bound: M. Brooker, "Exponential Backoff And Jitter",
AWS Architecture Blog, 2015.
"""

import random

BASE_S = 1.0
CAP_S = 60.0


def full_jitter(tries: int, draw: random.Random, *, base_s: float = BASE_S, cap_s: float = CAP_S) -> float:
    """Seconds to wait after so many tries: even in [0, min(cap, base × 2^tries)], never under a tenth of the base."""
    bound = min(cap_s, base_s * 2.0 ** min(max(tries, 0), 32))
    return max(base_s / 10, draw.uniform(0, bound))
