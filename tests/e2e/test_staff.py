"""Staff who write on their own phone have the chat to themselves for a while."""

from pathlib import Path

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import MessageReceived, ReplySuppressed, SendAccepted
from tests.e2e.story import Story

CHAT = "5511988887777"


def test_the_bot_is_quiet_where_staff_wrote_and_answers_elsewhere(tmp_path: Path) -> None:
    environ = {"WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0"}
    with Stack(replicas={"admin": 0}, environ=environ, folder=tmp_path) as stack:
        simulator = f"{stack.url('simulator')}/sim/demo/messages"
        call("POST", simulator, {"from": CHAT, "kind": "fromMe_sent_on_phone", "text": "Oi, aqui é a Ana da recepção"})
        wait_until(lambda: Story.read(stack.redis.url).count(MessageReceived) == 1, "the staff's message")
        call("POST", simulator, {"from": CHAT, "text": "que horas abre amanhã?"})
        call("POST", simulator, {"from": "5511977776666", "text": "que horas abre amanhã?"})
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "the other chat's reply")
        wait_until(lambda: Story.read(stack.redis.url).count(ReplySuppressed) == 1, "the silence")
        story = Story.read(stack.redis.url)
    assert [(fact.chat, fact.why) for fact in story.of(ReplySuppressed)] == [(CHAT, "staff")]
    assert [fact.chat for fact in story.of(SendAccepted)] == ["5511977776666"]
