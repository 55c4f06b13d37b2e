"""How does everything stand right now, what happens, and who did what?"""
