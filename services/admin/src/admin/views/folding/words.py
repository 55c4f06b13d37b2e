"""What was said last in a chat? What went out or is on its way; not what waits for its time, nor what never went."""

from msgspec.structs import replace

from admin.views.folding.state import ChatState, MessageState, Word

LAST_TEXT = 200


def said(state: ChatState, message: MessageState) -> ChatState:
    """A message came, or something became of it: the two newest words of the chat as they are now."""
    at = message.said_at
    if message.id == state.last_id and at >= max(1, state.last_at):
        return _again(state, message, at)
    before = state.earlier
    if message.id not in (state.last_id, before.id if before else "") and at < (before.at if before else 1):
        return state
    last = Word(state.last_id, state.last_text, state.last_author, state.last_at, state.last_progress)
    others = [word for word in (last, state.earlier) if word is not None and word.id not in ("", message.id)]
    words = sorted([*others, *_word(message)], key=lambda word: (word.at, word.id), reverse=True)
    newest, earlier = words[0] if words else Word("", "", "patient", 0, "received"), words[1] if words[1:] else None
    if newest == last and earlier == state.earlier:
        return state
    return replace(
        state, last_id=newest.id, last_text=newest.text, last_author=newest.author, last_at=newest.at,
        last_progress=newest.progress, earlier=earlier,
    )  # fmt: skip


def _again(state: ChatState, message: MessageState, at: int) -> ChatState:
    """The last word is still the last: what nearly all facts come to."""
    text, progress = _text(message), message.progress
    if at == state.last_at and progress == state.last_progress and text == state.last_text:
        return state
    return replace(state, last_text=text, last_at=at, last_progress=progress)


def _word(message: MessageState) -> list[Word]:
    """The message as a word; nothing, when it was not said."""
    at = message.said_at
    return [Word(message.id, _text(message), message.author, at, message.progress)] if at else []


def _text(message: MessageState) -> str:
    if message.revoked:
        return ""
    return message.text[:LAST_TEXT] or (f"[{message.kind}]" if message.kind else "")
