"""One file for what belongs together; each command asks, then shows."""
