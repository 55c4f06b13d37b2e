"""What is to be sent? Exactly one of a text, a file, a menu of either kind, a reaction and a place."""

from admin.http.problems import Problem
from admin.messages.body import ButtonsBody, ListBody, LocationBody, MediaBody, MessageBody, ReactionBody
from admin.messages.sources import check_source
from shared.events import Button, Buttons, Content, Listing, Location, Media, Reaction, Row, Section, Text, VoiceNote

KINDS = ("text", "media", "buttons", "list", "reaction", "location")


def content_of(body: MessageBody, *, allow_private: bool = False) -> Content:
    """The content. `allow_private` lets URLs lead to private addresses. Raises Problem 400."""
    given = [part for name in KINDS if (part := getattr(body, name)) is not None]
    if len(given) != 1 or body.template is not None:
        raise Problem(400, f"give exactly one of {', '.join((*KINDS, 'template'))}", parameter="text")
    match given[0]:
        case MediaBody() as media:
            return _file(media, allow_private=allow_private)
        case ButtonsBody() as buttons:
            return _buttons(buttons)
        case ListBody() as menu:
            return _list(menu)
        case ReactionBody(message_id=id_, emoji=emoji, own=own):
            return Reaction(message_id=id_, emoji=emoji, own=own)
        case LocationBody() as place:
            return Location(latitude=place.latitude, longitude=place.longitude, name=place.name, address=place.address)
        case text:
            return text_content(str(text))


def text_content(text: str) -> Text:
    """Words to be sent, a rendered template among them. Raises Problem 400."""
    if not text.replace("\x00", "").strip():
        raise Problem(400, "`text` says nothing", parameter="text")
    return Text(text=text)


def _file(media: MediaBody, *, allow_private: bool) -> Content:
    check_source(media.source, allow_private=allow_private)
    if media.mediatype == "voice_note":
        return VoiceNote(source=media.source)
    return Media(
        mediatype=media.mediatype, source=media.source, mimetype=media.mimetype,
        file_name=media.file_name, caption=media.caption,
    )  # fmt: skip


def _buttons(body: ButtonsBody) -> Buttons:
    _check_distinct([button.id for button in body.buttons], "buttons.buttons")
    buttons = tuple(Button(id=button.id, text=button.text) for button in body.buttons)
    return Buttons(title=body.title, description=body.description, footer=body.footer, buttons=buttons)


def _list(body: ListBody) -> Listing:
    _check_distinct([row.id for section in body.sections for row in section.rows], "list.sections")
    sections = tuple(
        Section(
            title=section.title,
            rows=tuple(Row(id=row.id, title=row.title, description=row.description) for row in section.rows),
        )
        for section in body.sections
    )
    return Listing(
        title=body.title, description=body.description, footer=body.footer, button=body.button, sections=sections
    )


def _check_distinct(ids: list[str], parameter: str) -> None:
    """The id is all that tells which answer was chosen."""
    if len(set(ids)) != len(ids):
        raise Problem(400, "two answers have the same id", parameter=parameter)
