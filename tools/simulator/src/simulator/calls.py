"""Which call is answered by what?"""

from __future__ import annotations

from . import chats, search, sends
from .call import Act

ACTS: dict[str, tuple[str, Act]] = {
    "sendText": ("message", sends.send_text),
    "sendMedia": ("message", sends.send_media),
    "sendWhatsAppAudio": ("message", sends.send_audio),
    "sendButtons": ("message", sends.send_buttons),
    "sendList": ("message", sends.send_list),
    "sendReaction": ("message", sends.send_reaction),
    "sendTemplate": ("message", sends.send_template),
    "sendPresence": ("chat", chats.send_presence),
    "markMessageAsRead": ("chat", chats.mark_read),
    "findMessages": ("chat", search.find),
    "whatsappNumbers": ("chat", chats.whatsapp_numbers),
}
