"""Which addresses does a text hold: of pages, of mail, of accounts?"""

import re
import unicodedata

_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*:/{1,2}[^\s<>()\"']+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w.])@\w{3,}")
_DOMAIN = re.compile(
    r"(?<![\w@.])(?:[\w-]+(?:\.|\s\.\s|\s?[\[(]\.[\])]\s?|\s(?:dot|ponto|punto)\s))+"
    r"(?:com|net|org|info|biz|br|ar|mx|es|pt|us|uk|co|io|me|ly|gl|gg|tv|to|app|dev|site|online|shop|store|club|xyz|link|"
    r"click|live|page|top|vip|zip|ru|cn|example|test|health|clinic|ai|cc|ws|tk)\b(?:[/:?#][^\s<>()\"']*)?"
)
_NUMERIC = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[:/][^\s]*)?")


def links(text: str) -> set[str]:
    """Every address, without its scheme and a `www.` in front."""
    found: set[str] = set()
    low = unicodedata.normalize("NFKC", text).casefold()
    for pattern in (_SCHEME, _MAIL, _DOMAIN, _HANDLE, _NUMERIC):
        found |= {_bare(match[0]) for match in pattern.finditer(low)}
        low = pattern.sub(" ", low)
    return found


def _bare(address: str) -> str:
    plain = re.sub(r"^[a-z][a-z0-9+.-]*:/{1,2}", "", address).removeprefix("www.")
    return re.sub(r"\s", "", plain).rstrip(".,;:!?)/*_")
