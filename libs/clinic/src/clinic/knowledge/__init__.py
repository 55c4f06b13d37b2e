"""What do the clinic's own texts say about this?"""

from clinic.knowledge.index import Hit, Knowledge

__all__ = ["Hit", "Knowledge"]
