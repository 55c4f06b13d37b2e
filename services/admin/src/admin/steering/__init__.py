"""How does a decision of the staff take effect? Atomically, with the fact that tells who made it."""
