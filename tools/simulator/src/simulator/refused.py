"""What does the gateway say when it says no?"""

from __future__ import annotations

from typing import Any

from .recorded import Answer

NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refused(Exception):  # noqa: N818 - an answer, not a defect
    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body

    @classmethod
    def of(cls, answer: Answer) -> Refused:
        return cls(answer.status, answer.body)


def refused(status: int, message: Any) -> Refused:
    """The common shape; `message` may be text, a list, or a list of lists."""
    return Refused(status, {"status": status, "error": NAMES[status], "response": {"message": message}})


def bad(message: Any) -> Refused:
    return refused(400, [message])


def unauthorized() -> Refused:
    return refused(401, "Unauthorized")


def no_instance(name: str) -> Refused:
    return refused(404, [f'The "{name}" instance does not exist'])


def not_on_whatsapp(jid: str, number: str) -> Refused:
    return bad({"jid": jid, "exists": False, "number": number})


def database_failed() -> Refused:
    """Said after WhatsApp took the message."""
    return bad("DriverAdapterError: unsupported Unicode escape sequence")
