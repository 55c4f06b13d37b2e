"""Does a reply give away what only the model was told?"""

import re
import unicodedata

from clinic.language import words
from responder.model.calls import TOOLS
from responder.model.figures import folded
from responder.model.prompt import Prompt

SHINGLE = 6  # words of our rules in a row: no answer about a clinic has them by chance
_MACHINERY = re.compile(
    "|".join(
        (
            *(tool.tool for tool in TOOLS),
            r"</?(?:notes?|summary|conversation|said|patient|system)\b",
            r"system (?:prompt|message)|prompt d[eo] sistema|mensagem d[eo] sistema|mensaje del? sistema",
            r"(?:my|minhas|mis) (?:instructions|rules|guidelines|instrucoes|regras|diretrizes|instrucciones|reglas)",
            r"language model|modelo de lingua(?:gem|je)|\b(?:openai|chatgpt|anthropic)\b|i am an ai\b",
            r"<\||\|>|\bim_(?:start|end)\b|\[/?inst\]|<</?sys",
            r"^\s*(?:system|assistant|developer|user)\s*:",
            r"(?:^|\n)\s*(?:facts|rules)\b\s*[:\n]",
        )
    )
)
_TOKEN = re.compile(r"[^\s]{32,}")


def leaks(text: str, prompt: Prompt) -> bool:
    """The marker in any spelling, our own sentences, the names of our machinery, or something encoded."""
    low = folded(text)
    bare = re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", text).casefold())  # `folded` shortens runs
    if prompt.canary in bare or prompt.canary[::-1] in bare:
        return True
    return bool(_MACHINERY.search(low)) or _repeats(text, prompt.rules) or _encoded(text, prompt)


def _repeats(text: str, rules: str) -> bool:
    said, told = _words(text), _words(rules)
    told_runs = {tuple(told[at : at + SHINGLE]) for at in range(len(told) - SHINGLE + 1)}
    return any(tuple(said[at : at + SHINGLE]) in told_runs for at in range(len(said) - SHINGLE + 1))


def _words(text: str) -> list[str]:
    return [word for at in range(0, len(text), 500) for word in words(text[at : at + 500])]


def _encoded(text: str, prompt: Prompt) -> bool:
    """A run without a space that the clinic does not have itself, such as an address: Base64, hex, one long word."""
    known = "\n".join(prompt.known)
    return any(run.strip(".,;:!?()") not in known for run in _TOKEN.findall(text))
