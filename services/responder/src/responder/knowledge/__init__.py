"""What do the clinic's own texts say about this?"""

from responder.knowledge.index import Hit, Knowledge

__all__ = ["Hit", "Knowledge"]
