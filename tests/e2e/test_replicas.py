"""Replicas share the work: one message each, whoever took the webhook and whoever answered."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.story import Story

from demo.http import call
from demo.process import wait_until
from demo.stack import WEBHOOK_TOKEN, Stack
from shared.events import MessageReceived, SendAccepted

CHATS = 20


def webhook(message_id: str, chat: str = "5511988887777", text: str = "oi") -> dict[str, object]:
    key = {"remoteJid": f"{chat}@s.whatsapp.net", "fromMe": False, "id": message_id}
    data = {
        "key": key,
        "message": {"conversation": text},
        "messageType": "conversation",
        "messageTimestamp": 1795479370,
    }
    return {"event": "messages.upsert", "instance": "demo", "data": data}


def test_the_same_webhook_ten_times_at_once_from_two_replicas_is_one_message(tmp_path: Path) -> None:
    with Stack(replicas={"ingest": 2, "admin": 0}, folder=tmp_path) as stack:
        urls = [f"{stack.url(f'ingest-{n % 2}')}/webhooks/evolution/demo" for n in range(10)]
        bearer = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda url: call("POST", url, webhook("3A01"), headers=bearer), urls))
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "the reply")
        story = Story.read(stack.redis.url)
        arrived = call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]
    assert sum(answer["accepted"] for answer in answers) == 1
    assert sum(answer["duplicates"] for answer in answers) == 9
    assert story.count(MessageReceived) == 1
    assert len(arrived) == 1


def test_three_senders_and_two_responders_answer_every_chat_once_and_in_order(tmp_path: Path) -> None:
    replicas = {"ingest": 2, "responder": 2, "sender": 3, "admin": 0}
    texts = ["oi", "que horas abre amanhã?", "obrigada"]
    with Stack(replicas=replicas, environ={"WA_TOKENS_PER_SECOND": "0"}, folder=tmp_path) as stack:
        simulator = stack.url("simulator")
        chats = [f"55119{n:08d}" for n in range(CHATS)]
        for text in texts:
            for chat in chats:
                call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": text})
        expected = CHATS * len(texts)
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == expected, f"{expected} replies")
        arrived = call("GET", f"{simulator}/sim/demo/phone")["messages"]
        asked = {event.chat: [] for event in Story.read(stack.redis.url).of(MessageReceived)}
        story = Story.read(stack.redis.url)
    assert story.repeated == []
    assert len(arrived) == expected
    for event in story.of(MessageReceived):
        asked[event.chat].append(event.id)
    for chat in chats:
        sent = [event.causation_id for event in story.of(SendAccepted) if event.chat == chat]
        requested = {event.id: event.causation_id for event in story.events if type(event).__name__ == "SendRequested"}
        assert [requested[id_] for id_ in sent] == asked[chat], f"the replies of {chat} are out of order"
