"""Which language does this patient write, and which words?"""

from responder.language.detect import LANGUAGES, Language, detect
from responder.language.fold import CHATTER, fold, words
from responder.language.vocabulary import STOP

__all__ = ["CHATTER", "LANGUAGES", "STOP", "Language", "detect", "fold", "words"]
