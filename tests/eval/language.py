"""In which language is a text clearly written? A count of small words that only one of the three has."""

import re

from tests.eval.text import normal

SMALL_WORDS = {
    "pt": "nao voce voces em um uma com os ao aos da das dos na nas pela pelo ate sao mais muito seu sua temos fica"
    " isso obrigado ola sim tambem ou terca quarta quinta sexta fechado fechada nossa nosso tem cerca",
    "es": "usted el los las una un con en del al y hasta son mas muy su sus tenemos hay quiere eso hola gracias tambien"
    " lunes martes miercoles jueves viernes cerrado cerrada cuesta dura desde unos puede nuestro nuestra lo le sin",
    "en": "the an is are we you your to of and or in on at for with from until not our have can it this that does"
    " please hello thanks yes monday tuesday wednesday thursday friday saturday sunday closed open about takes",
}
_SETS = {language: set(words.split()) for language, words in SMALL_WORDS.items()}
SETS = {
    language: frozenset(words.difference(*(other for name, other in _SETS.items() if name != language)))
    for language, words in _SETS.items()
}


def clearly(text: str) -> str | None:
    """`pt`, `es`, `en`, or None when the text is short or could be either."""
    words = re.findall(r"[a-z]+", normal(text))
    counts = {language: sum(word in small for word in words) for language, small in SETS.items()}
    first, second, _ = sorted(counts, key=lambda language: -counts[language])
    return first if counts[first] >= 2 and counts[first] >= 2 * counts[second] else None
