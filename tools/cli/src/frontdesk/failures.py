"""What went wrong between here and the service, and what is to be done about it?"""

import re
from collections.abc import Sequence
from typing import TypeVar

import httpx2
import msgspec

T = TypeVar("T")

_TOKEN = "Set FRONTDESK_TOKEN (or FRONTDESK_TOKEN_FILE, or --token) to a token of this service."
_HINTS = {
    401: _TOKEN,
    403: "`frontdesk tokens list` shows who has which role.",
    412: "Look at it again, then repeat the change.",
    429: "Wait, then try again.",
}
_STRANGE = "Is this the admin service, and of this version? `--url` or FRONTDESK_URL says where it is."
_NEVER_SENT = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.ProxyError,
)  # fmt: skip


_OURS = (
    ("POST /admin/messages", "`frontdesk send`"),
    ("add `force` to take it from them", "`--force` takes it from them"),
    ("`resend` sends it once more", "`--resend` sends it once more"),
    ("`resend` has it answered once more", "`--resend` has it answered once more"),
    ("add `?instance=`:", "say which, with `--instance`:"),
)
"""What the API says of its own parts, and what they are called here."""


def in_our_words(detail: str) -> str:
    """What the service said, with commands and options in the place of routes and fields."""
    for theirs, ours in _OURS:
        detail = detail.replace(theirs, ours)
    return detail


class Fault(msgspec.Struct, frozen=True):
    """What is to be mended, and why."""

    parameter: str
    detail: str


class Refused(Exception):  # noqa: N818 - what the service said
    """The service answered that it does not do this, or something that nobody understands."""

    def __init__(
        self, status: int, detail: str, hint: str = "", parameter: str = "", faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.parameter = parameter
        """What of the request is to be mended, as the API names it."""
        self.faults = faults
        """All that is to be mended, where the service looked for more than the first."""


class Unreachable(Exception):  # noqa: N818
    """The service did not answer."""

    def __init__(self, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.hint = hint


class _Problem(msgspec.Struct, frozen=True):
    """RFC 9457, as the API speaks it."""

    detail: str
    parameter: str = ""
    faults: list[Fault] = []


def check(answer: httpx2.Response) -> None:
    """Raises Refused for what is no success."""
    if answer.is_success:
        return
    status = answer.status_code
    try:
        problem = msgspec.json.decode(answer.content, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(status, f"it answered {status} {answer.reason_phrase}", _STRANGE) from None
    raise Refused(status, in_our_words(problem.detail), _HINTS.get(status, ""), problem.parameter, problem.faults)


def understood(data: bytes, kind: type[T]) -> T:
    """The answer as what it should be. Raises Refused when it is something else."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(200, f"the answer is not understood: {error}", _STRANGE) from None


def not_answered(url: str, method: str, error: Exception) -> Unreachable:
    """Nobody answered; after a write that had begun, nobody knows whether it was done."""
    detail = f"{_without_password(url)} does not answer: {str(error) or type(error).__name__}"
    if method == "GET" or isinstance(error, _NEVER_SENT):
        return Unreachable(detail)
    return Unreachable(detail, "It may have been done all the same: look before you repeat it.")


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)
