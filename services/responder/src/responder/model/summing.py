"""What was a long conversation about, in the model's words?"""

from collections.abc import Sequence

from clinic import Language
from responder.model.asking import Asking
from responder.model.fence import fenced, neutral
from responder.model.parsing import without_thoughts
from responder.model.prompt import MAX_SAID_CHARS, NAMES, text_of
from responder.model.turn import Failed

MAX_SUMMARY = 800  # characters


async def summarise(asking: Asking, summary: str, lines: Sequence[tuple[str, str]], language: Language) -> str | Failed:
    """The notes of a chat with these (author, text) lines added. Raises CallFailed with what the last call ended in."""
    said = (fenced("said", text, MAX_SAID_CHARS, by=author) for author, text in lines)
    told = "\n".join((*([fenced("notes", summary)] if summary else ()), *said))
    system = text_of("summary").replace("$language", NAMES[language])
    reply = await asking.ask([{"role": "system", "content": system}, {"role": "user", "content": told}], ())
    text = neutral(without_thoughts(reply.text).strip())
    if reply.cut or not text or len(text) > MAX_SUMMARY:
        return Failed(reason="rejected", detail="no summary of a bearable length")
    return text
