"""How do the streams stand, and what can be done to them?"""
