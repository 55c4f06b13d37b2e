"""Staff take a chat over and give it back: the bot is quiet in between, and only there."""

from pathlib import Path

from demo.process import wait_until
from demo.stack import Stack
from shared.events import HandoffEnded, HandoffTaken, ReplySuppressed
from tests.e2e.desk import CHAT, admin, arrived, ask
from tests.e2e.story import Story

ONE = f"/conversations/{CHAT}"
OTHER = "5511977776666"


def test_a_person_answers_a_chat_for_a_while(tmp_path: Path) -> None:
    environ = {"WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0"}
    with Stack(environ=environ, folder=tmp_path) as stack:
        ask(stack, "que horas abre amanhã?")
        wait_until(lambda: len(arrived(stack)) == 1, "the bot's answer")

        admin(stack, "POST", f"{ONE}/take")
        ask(stack, "quanto custa uma limpeza?")
        ask(stack, "quanto custa uma limpeza?", OTHER)
        wait_until(lambda: Story.read(stack.redis.url).count(ReplySuppressed), "the bot's silence")
        wait_until(lambda: len(arrived(stack)) == 2, "the other chat's answer")
        admin(stack, "POST", f"{ONE}/reply", {"text": "Aqui é a Ana: já confirmo"})
        wait_until(lambda: len(arrived(stack)) == 3, "the person's answer")
        wait_until(lambda: shown(stack) == ("taken", "admin"), "the views to tell who has the chat")

        admin(stack, "POST", f"{ONE}/give-back")
        ask(stack, "que horas abre amanhã?")
        wait_until(lambda: len(arrived(stack)) == 4, "the bot's answer once it has the chat again")
        wait_until(lambda: shown(stack) == ("bot", ""), "the views to tell that the bot has the chat")
        story, phone = Story.read(stack.redis.url), arrived(stack)
    assert [fact.chat for fact in story.of(ReplySuppressed)] == [CHAT]
    assert [fact.why for fact in story.of(ReplySuppressed)] == ["paused"]  # type: ignore[union-attr]
    assert phone[2]["text"] == "Aqui é a Ana: já confirmo"
    assert phone[3]["text"] == phone[0]["text"]
    assert (story.count(HandoffTaken), story.count(HandoffEnded)) == (1, 1)


def shown(stack: Stack) -> tuple[str, str] | None:
    """Who answers the chat, as the list of conversations has it."""
    items = admin(stack, "GET", "/conversations")["items"]
    return next(((one["status"], one["taken_by"]) for one in items if one["chat"] == CHAT), None)
