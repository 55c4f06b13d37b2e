"""What does this message say, and in which form?"""

from collections.abc import Callable
from typing import Any, cast

import msgspec

from ingest.webhook import clean, wire
from ingest.webhook.names import Reason
from shared.events import Attachment
from shared.events.messages import Kind

DEPTH_MAX = 8  # real ones are wrapped once or twice
_MEDIA = {"ptv": "video", **{kind: kind for kind in ("image", "audio", "video", "document", "sticker")}}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message's content, whoever wrote it."""

    kind: Kind
    text: str = ""
    choice_id: str = ""
    quoted_id: str = ""
    attachment: Attachment | None = None
    from_ad: bool = False


def read(message: wire.Message, view_once: bool = False, depth: int = 0) -> Said | Reason | None:
    """What `message` says, or why it says nothing to anybody; None when nothing in it is known here."""
    if message.conversation is not None:
        return Said(kind="text", text=clean.text(message.conversation))
    name, value = _part(message)
    match value:
        case None:
            return None
        case wire.Wrapped(message=inner):
            wrapped_once = view_once or name.startswith("view_once")
            return read(inner, wrapped_once, depth + 1) if inner and depth < DEPTH_MAX else None
        case wire.Something():
            return "reaction" if name == "enc_reaction_message" else "protocol"
        case wire.Medium():
            return with_context(_medium(name, value, view_once), value.context_info)
    return with_context(_READERS[type(value)](value), value.context_info)


def with_context(said: Said, context: wire.Context | None) -> Said:
    """`said` with what it quotes and where it comes from."""
    if context is None:
        return said
    quoted = clean.line(context.stanza_id) or said.quoted_id
    from_ad = said.from_ad or context.external_ad_reply is not None
    return msgspec.structs.replace(said, quoted_id=quoted, from_ad=from_ad)


def menu(message: wire.Message, depth: int = 0) -> tuple[str, str]:
    """The kind and words of the buttons or the list in `message`; empty when there are none."""
    name, value = _part(message)
    match value:
        case wire.Wrapped(message=inner) if inner and depth < DEPTH_MAX:
            return menu(inner, depth + 1)
        case wire.Menu(body=body) if name == "interactive_message":
            return "buttons", clean.text(body.text if body else None)
        case wire.Menu(title=title, description=description):
            return "list", clean.text(f"{title or ''} {description or ''}")
    return "", ""


def by_type(message_type: Any) -> Said | None:
    """What `messageType` alone says: it is all that the EVOLUTION channel tells about a file."""
    kind = _MEDIA.get(message_type.removesuffix("Message")) if isinstance(message_type, str) else None
    return Said(kind=cast(Kind, kind), attachment=Attachment()) if kind else None


def _part(message: wire.Message) -> tuple[str, Any]:
    for name in message.__struct_fields__:
        value = getattr(message, name)
        if value is not None:
            return name, value
    return "", None


def _medium(name: str, medium: wire.Medium, view_once: bool) -> Said:
    described = Attachment(
        mimetype=clean.line(medium.mimetype),
        file_name=clean.line(medium.file_name or medium.title),
        size=clean.count(medium.file_length),
        seconds=clean.count(medium.seconds),
        voice_note=bool(medium.ptt),
        view_once=view_once or bool(medium.view_once),
    )
    kind = cast(Kind, _MEDIA[name.removesuffix("_message")])
    return Said(kind=kind, text=clean.text(medium.caption), attachment=described)


def _words(words: wire.Words) -> Said:
    return Said(kind="text", text=clean.text(words.text))


def _place(place: wire.Place) -> Said:
    told = (clean.text(part) for part in (place.name, place.address, place.caption))
    return Said(kind="location", text=clean.text(", ".join(part for part in told if part)))


def _card(card: wire.Card) -> Said:
    return Said(kind="contact", text=clean.line(card.display_name))


def _cards(cards: wire.Cards) -> Said:
    names = [clean.line(card.display_name) for card in cards.contacts or ()]
    joined = ", ".join(name for name in names if name)
    return Said(kind="contact", text=clean.text(joined) or clean.line(cards.display_name))


def _poll(poll: wire.Poll) -> Said:
    return Said(kind="poll", text=clean.text(poll.name))


def _button(button: wire.Button) -> Said:
    chosen = clean.line(button.selected_button_id or button.selected_id)
    return Said(kind="choice", text=clean.text(button.selected_display_text), choice_id=chosen)


def _listed(listed: wire.Listed) -> Said:
    row = listed.single_select_reply
    chosen = clean.line(row.selected_row_id) if row else ""
    return Said(kind="choice", text=clean.text(listed.title), choice_id=chosen)


def _interactive(answer: wire.Interactive) -> Said:
    form = answer.native_flow_response_message
    chosen = _choice(form.params_json) if form and form.params_json else ""
    return Said(kind="choice", text=clean.text(answer.body.text if answer.body else None), choice_id=chosen)


def _choice(params: str) -> str:
    """The `id` in a form's answer, which is JSON in a string and may be anything."""
    try:
        told = msgspec.json.decode(clean.json_bytes(params.encode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return ""
    chosen = told.get("id") if isinstance(told, dict) else None
    return clean.line(str(chosen) if isinstance(chosen, int) else chosen)


def _asked(_menu: wire.Menu) -> Said:
    """A patient's app sends no menus; another business that writes to the clinic may."""
    return Said(kind="unsupported")


def _reaction(reaction: wire.Reaction) -> Said:
    return Said(
        kind="reaction",
        text=clean.line(reaction.text),
        quoted_id=clean.line(reaction.key.id if reaction.key else None),
    )


_READERS: dict[type, Callable[[Any], Said]] = {
    wire.Words: _words,
    wire.Place: _place,
    wire.Card: _card,
    wire.Cards: _cards,
    wire.Poll: _poll,
    wire.Button: _button,
    wire.Listed: _listed,
    wire.Interactive: _interactive,
    wire.Reaction: _reaction,
    wire.Menu: _asked,
}
