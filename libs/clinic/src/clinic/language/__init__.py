"""Which language does this patient write, and which words?"""

from clinic.language.detect import LANGUAGES, Language, detect
from clinic.language.fold import CHATTER, fold, words
from clinic.language.vocabulary import STOP

__all__ = ["CHATTER", "LANGUAGES", "STOP", "Language", "detect", "fold", "words"]
