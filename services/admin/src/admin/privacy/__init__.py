"""What is kept of a person, how is it told to them, and how is it removed for good?"""
