"""Which WhatsApp numbers does the clinic have, are they connected, and how fast may each send?"""
