"""In which ways is one mobile number written? WhatsApp knows some without the digit that makes them mobile.

The gateway takes that digit out before it sends: a Brazilian mobile's ninth digit (not everywhere), Mexico's 1 and
Argentina's 9 behind the country code. So a chat may be called otherwise than the number that was written to.
"""


def same_person(chat: str) -> str:
    """The chat's name in its shortest spelling: equal for two spellings of one number."""
    if len(chat) != 13 or not chat.isdecimal():
        return chat
    if chat.startswith("55") and chat[4] == "9":
        return chat[:4] + chat[5:]
    return chat[:2] + chat[3:] if chat.startswith(("521", "549")) else chat


def written_ways(chat: str) -> tuple[str, ...]:
    """The chat's name in each of its spellings, the given one first."""
    short = same_person(chat)
    return tuple(dict.fromkeys((chat, short, _longest(short))))


def _longest(short: str) -> str:
    if len(short) != 12 or not short.isdecimal():
        return short
    if short.startswith("55") and short[4] in "6789":  # others are landlines
        return f"{short[:4]}9{short[4:]}"
    if short.startswith("52"):
        return f"521{short[2:]}"
    return f"549{short[2:]}" if short.startswith("54") else short
