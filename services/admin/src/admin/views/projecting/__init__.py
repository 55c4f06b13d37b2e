"""How do the views get into Redis? Batch by batch behind the log, by one replica an instance, each fact once."""
