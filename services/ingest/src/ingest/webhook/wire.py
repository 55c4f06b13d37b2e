"""What does the gateway write on the wire? Only what is needed has a name here; the decoder skips the rest.

Skipped on purpose: the body's `apikey` (a secret), and the bytes, keys and thumbnails of media.
"""

from typing import Any

import msgspec

NOTHING = msgspec.Raw()


class Envelope(msgspec.Struct, gc=False):
    """What is around every event."""

    event: str
    instance: str | None = None
    data: msgspec.Raw = NOTHING
    date_time: Any = None
    """When it was emitted: the gateway's local time, whatever its `Z` says."""
    sender: Any = None
    """The jid of the clinic's own number."""


class _Wire(msgspec.Struct, rename="camel"):
    """JSON in camel case."""


class Key(_Wire, gc=False):
    """Which message."""

    id: str | None = None
    remote_jid: str | None = None
    from_me: bool | None = None
    remote_jid_alt: str | None = None
    sender_pn: str | None = None
    participant: str | None = None
    participant_alt: str | None = None


class Ad(_Wire, gc=False):
    """An advertisement that led here: only that there is one."""


class Context(_Wire, gc=False):
    """What a message refers to."""

    stanza_id: str | None = None
    external_ad_reply: Ad | None = None


class _Part(_Wire):
    context_info: Context | None = None


class Words(_Part):
    """`extendedTextMessage`."""

    text: str | None = None


class Medium(_Part):
    """An image, audio, video, document or sticker."""

    caption: str | None = None
    mimetype: str | None = None
    file_name: str | None = None
    title: str | None = None
    file_length: msgspec.Raw = NOTHING
    seconds: msgspec.Raw = NOTHING
    ptt: bool | None = None
    view_once: bool | None = None


class Place(_Part):
    """A location, live or not."""

    name: str | None = None
    address: str | None = None
    caption: str | None = None


class Card(_Part):
    """A contact; the vCard is not read."""

    display_name: str | None = None


class Cards(_Part):
    """Several contacts."""

    display_name: str | None = None
    contacts: list[Card] | None = None


class Poll(_Part):
    """A poll's question."""

    name: str | None = None


class Button(_Part):
    """`buttonsResponseMessage` and `templateButtonReplyMessage`."""

    selected_button_id: str | None = None
    selected_id: str | None = None
    selected_display_text: str | None = None


class NativeFlow(_Wire):
    """What an interactive message's form answers: JSON in a string."""

    params_json: str | None = None


class Interactive(_Part):
    """`interactiveResponseMessage`."""

    body: Words | None = None
    native_flow_response_message: NativeFlow | None = None


class Row(_Wire):
    """The row of a list."""

    selected_row_id: str | None = None


class Listed(_Part):
    """`listResponseMessage`."""

    title: str | None = None
    single_select_reply: Row | None = None


class Reaction(_Part):
    """`reactionMessage`: an emoji to another message; an empty one takes it back."""

    text: str | None = None
    key: Key | None = None


class Menu(_Part):
    """`interactiveMessage` (buttons) and `listMessage`: a question with answers to choose."""

    body: Words | None = None
    title: str | None = None
    description: str | None = None


class Something(_Wire):
    """A part of which only the presence counts."""


class Wrapped(_Wire):
    """A message inside a message."""

    message: "Message | None" = None


class Message(_Wire):
    """A message's content: one of these, and now and then wrapped."""

    conversation: str | None = None
    extended_text_message: Words | None = None
    image_message: Medium | None = None
    audio_message: Medium | None = None
    video_message: Medium | None = None
    ptv_message: Medium | None = None
    document_message: Medium | None = None
    sticker_message: Medium | None = None
    location_message: Place | None = None
    live_location_message: Place | None = None
    contact_message: Card | None = None
    contacts_array_message: Cards | None = None
    poll_creation_message: Poll | None = None
    poll_creation_message_v2: Poll | None = None
    poll_creation_message_v3: Poll | None = None
    poll_creation_message_v5: Poll | None = None
    buttons_response_message: Button | None = None
    template_button_reply_message: Button | None = None
    interactive_response_message: Interactive | None = None
    list_response_message: Listed | None = None
    reaction_message: Reaction | None = None
    interactive_message: Menu | None = None
    list_message: Menu | None = None
    enc_reaction_message: Something | None = None
    protocol_message: Something | None = None
    pin_in_chat_message: Something | None = None
    keep_in_chat_message: Something | None = None
    album_message: Something | None = None
    ephemeral_message: Wrapped | None = None
    view_once_message: Wrapped | None = None
    view_once_message_v2: Wrapped | None = None
    view_once_message_v2_extension: Wrapped | None = None
    document_with_caption_message: Wrapped | None = None
    edited_message: Wrapped | None = None
    device_sent_message: Wrapped | None = None
    lottie_sticker_message: Wrapped | None = None
    poll_creation_message_v4: Wrapped | None = None


class Upsert(_Wire):
    """`messages.upsert` and `send.message`."""

    key: Key
    push_name: Any = None
    message: Message | None = None
    context_info: Context | None = None
    message_type: Any = None
    message_timestamp: msgspec.Raw = NOTHING


class Skeleton(_Wire):
    """What is left of an `Upsert` whose content is not as expected: still a message, from somebody."""

    key: Key
    push_name: Any = None
    message: dict[str, msgspec.Raw] | None = None
    message_timestamp: msgspec.Raw = NOTHING


class Edit(_Wire):
    """`messages.edited`: whatever protocol message the gateway saw, mostly an edit or a revoke."""

    key: Key
    type: Any = None
    edited_message: Message | None = None
    timestamp_ms: msgspec.Raw = NOTHING


class Deletion(Key):
    """`messages.delete`: the key itself, or an object with one, whose own `id` is a row of the gateway's database."""

    key: Key | None = None


class Update(_Wire):
    """`messages.update`: `key_id` is what the send call returned, `messageId` only a row of the gateway's database."""

    key_id: str | None = None
    remote_jid: str | None = None
    from_me: bool | None = None
    participant: str | None = None
    status: Any = None


class Connection(_Wire):
    """`connection.update` (state) and `status.instance` (status)."""

    state: Any = None
    status_reason: msgspec.Raw = NOTHING
    status: Any = None
    disconnection_reason_code: msgspec.Raw = NOTHING
