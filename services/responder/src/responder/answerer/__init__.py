"""What can be answered from the clinic's own files, without a model?"""

from responder.answerer.answer import answer
from responder.answerer.lexicon import prepare
from responder.answerer.quoted import invented
from responder.answerer.reply import MAX_CHARS, Answer, Kind

__all__ = ["MAX_CHARS", "Answer", "Kind", "answer", "invented", "prepare"]
