"""What could not be handled, and what is to become of it?"""
