"""What does the log come to? Views that are folded from it, kept in Redis, and can be rebuilt from it at any time."""
