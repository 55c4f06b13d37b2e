"""What can be answered from the clinic's own files, without a model?"""

from responder.answerer.answer import answer
from responder.answerer.letters import alarming
from responder.answerer.lexicon import lexicon, prepare
from responder.answerer.quoted import invented
from responder.answerer.reply import MAX_CHARS, Answer, Kind
from responder.answerer.talk import Talk

__all__ = ["MAX_CHARS", "Answer", "Kind", "Talk", "alarming", "answer", "invented", "lexicon", "prepare"]
