"""How does the clinic send a message of its own?"""
