"""Do the views equal a rebuild from the log?

Nothing keeps views beside the log yet, so there is nothing that could differ. What comes to keep some is asked here.
"""

from demo.stack import Stack


def differences(stack: Stack) -> list[str]:
    """A line for each view that says something else than the log does."""
    _ = stack
    return []
