"""Answers a patient's message from the clinic's own knowledge."""
