"""How are two spellings of the same thing made equal, so that an answer is judged by what it says?"""

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "*": None})


def normal(text: str) -> str:
    """Small letters without accents, plain quotes and dashes, single spaces, no WhatsApp bold."""
    apart = unicodedata.normalize("NFKD", text.translate(_QUOTES).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", bare).strip()


def words_only(text: str) -> str:
    """For comparing addresses: letters and digits, one space between words."""
    return " ".join(re.findall(r"\w+", normal(text)))
