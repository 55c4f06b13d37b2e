"""An edit counts whenever it comes, the latest wins, and only the author's own."""

from typing import Any

from responder.chat.amended import amended
from shared.events import AnyEvent, MessageEdited, MessageReceived, MessageRevoked

ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4{:03d}"


def event(of: type[Any], n: int, message: str = "m", **about: Any) -> Any:
    given = {"id": ID.format(n), "instance": "i", "chat": "c", "occurred_at": n, "recorded_at": n, "author": "patient"}
    return of(**(given | {"message_id": message} | about))


def written(text: str, n: int = 0, message: str = "m") -> MessageReceived:
    said: MessageReceived = event(MessageReceived, n, message, kind="text", text=text)
    return said


def reads(*events: AnyEvent) -> list[str]:
    kept, _ = amended(events)
    return [one.text for one in kept]


def test_an_edit_changes_the_words_before_or_behind_its_message() -> None:
    edit = event(MessageEdited, 1, text="novo")
    assert reads(written("velho"), edit) == reads(edit, written("velho")) == ["novo"]


def test_the_latest_edit_counts_in_whatever_order_they_come() -> None:
    first, second = event(MessageEdited, 1, text="um"), event(MessageEdited, 2, text="dois")
    assert reads(written("x"), second, first) == ["dois"]


def test_an_edit_of_another_message_by_staff_or_without_words_changes_nothing() -> None:
    edits = [
        event(MessageEdited, 1, "other", text="y"), event(MessageEdited, 2, author="staff", text="y"),
        event(MessageEdited, 3, text=" "),
    ]  # fmt: skip
    assert reads(written("x"), *edits) == ["x"]


def test_what_the_patient_deleted_is_gone_and_told_apart() -> None:
    kept, revoked = amended([event(MessageRevoked, 3), written("x"), written("y", 1, "n")])
    assert ([one.text for one in kept], [one.text for one in revoked]) == (["y"], ["x"])
    assert amended([written("x"), event(MessageRevoked, 1, author="staff")])[1] == []
