"""What does the log come to? Pure: states and facts in, states out; no clock, no Redis. One file a view."""
