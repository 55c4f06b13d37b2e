"""What does a clinic know, and what would it answer from?"""
