"""With which words are the clinic's facts put together?

Only frames, kept in `words/phrases.yaml`: every fact in them comes from the clinic's files. A patient's words
never go in.
"""

from clinic.text import Language
from responder.answerer.wordlists import wordlist

_PHRASES: dict[str, dict[str, str]] = wordlist("phrases")
LANGUAGE_NAMES: dict[Language, dict[Language, str]] = {
    "pt": {"pt": "português", "es": "espanhol", "en": "inglês"},
    "es": {"pt": "portugués", "es": "español", "en": "inglés"},
    "en": {"pt": "Portuguese", "es": "Spanish", "en": "English"},
}


def phrase(name: str, language: Language, /, **facts: str) -> str:
    """The frame filled with the clinic's facts."""
    return _PHRASES[name][language].format(**facts)
