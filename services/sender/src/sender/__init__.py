"""Delivers replies at a safe pace, once and in order."""
