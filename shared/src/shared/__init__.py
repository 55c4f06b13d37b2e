"""What do the Frontdesk services agree on? Events, streams, settings, telemetry and the shell they run in."""
