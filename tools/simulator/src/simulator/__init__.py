"""A stand-in Evolution API gateway and phone, for local use and for tests."""
