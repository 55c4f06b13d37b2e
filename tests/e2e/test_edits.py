"""A patient who thinks better of it before the answer is answered by what they mean."""

from pathlib import Path

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import MessageEdited, MessageReceived, MessageRevoked, ReplyDrafted, ReplySuppressed, SendAccepted
from tests.e2e.story import Story

PATIENCE = {"WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "3000", "RESPONDER_DEBOUNCE_MAX_MS": "3000"}
EDITS, DELETES = "5511988887777", "5511977776666"


def test_an_edit_is_answered_and_a_deleted_message_is_not(tmp_path: Path) -> None:
    with Stack(replicas={"responder": 2, "admin": 0}, environ=PATIENCE, folder=tmp_path) as stack:
        messages = f"{stack.url('simulator')}/sim/demo/messages"
        edited = call("POST", messages, {"from": EDITS, "text": "quanto custa a limpeza dental?"})["id"]
        call("POST", f"{messages}/{edited}/edit", {"text": "vocês têm estacionamento?"})
        deleted = call("POST", messages, {"from": DELETES, "text": "quanto custa a limpeza dental?"})["id"]
        call("DELETE", f"{messages}/{deleted}")
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "the reply")
        wait_until(lambda: Story.read(stack.redis.url).count(ReplySuppressed) == 1, "the silence")
        wait_until(lambda: not any(Story.read(stack.redis.url).left.values()), "nothing left")
        story = Story.read(stack.redis.url)
        arrived = call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]
    assert (story.count(MessageReceived), story.count(MessageEdited), story.count(MessageRevoked)) == (2, 1, 1)
    assert [(message["chat"], "stacionamento" in message["text"]) for message in arrived] == [(EDITS, True)]
    assert [draft.chat for draft in story.of(ReplyDrafted)] == [EDITS]
    assert [(fact.chat, fact.why) for fact in story.of(ReplySuppressed)] == [(DELETES, "revoked")]
