"""What in the clinic's texts means the same as the question, whatever its words? Only with an embeddings endpoint."""

from responder.meaning.fusion import fused
from responder.meaning.index import Meanings
from responder.meaning.vectors import Vectors

__all__ = ["Meanings", "Vectors", "fused"]
