"""Which pages are there? One module each: what it shows, and what can be done on it."""
