"""Replicas share the work: one message each, whoever took the webhook and whoever answered."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from demo.http import call
from demo.process import wait_until
from demo.stack import WEBHOOK_TOKEN, Stack
from shared.events import MessageReceived, ReplyDrafted, SendAccepted, SendRequested
from tests.e2e.story import Story

CHATS = 20
AT_ONCE = {"WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0"}
QUESTIONS = ("quanto custa a limpeza dental?", "¿abren los sábados?", "vocês aceitam convênio?", "where are you?")


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
    with Stack(replicas=replicas, environ=AT_ONCE, folder=tmp_path) as stack:
        simulator = stack.url("simulator")
        chats = [f"55119{n:08d}" for n in range(CHATS)]
        for text in texts:
            for chat in chats:
                call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": text})
        wait_until(lambda: _settled(stack, CHATS * len(texts)), "every message to be answered")
        story = Story.read(stack.redis.url)
        arrived = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    assert story.repeated == []
    written: dict[str, list[str]] = {chat: [] for chat in chats}
    for message in story.of(MessageReceived):
        written[message.chat].append(message.id)
    answered = {chat: [id_ for d in story.of(ReplyDrafted) if d.chat == chat for id_ in d.answers] for chat in chats}
    assert {chat: sorted(ids) for chat, ids in answered.items()} == {c: sorted(ids) for c, ids in written.items()}
    wanted = {c: [r.content.text for r in story.of(SendRequested) if r.chat == c] for c in chats}
    assert {c: [m["text"] for m in arrived if m["chat"] == c] for c in chats} == wanted


def test_fragments_of_one_thought_get_one_reply_to_all_of_it(tmp_path: Path) -> None:
    replicas = {"responder": 2, "admin": 0}
    with Stack(replicas=replicas, environ={"WA_TOKENS_PER_SECOND": "0"}, folder=tmp_path) as stack:
        simulator = stack.url("simulator")
        for fragment in ("oi", "quero marcar", "limpeza", "amanhã de manhã"):
            call("POST", f"{simulator}/sim/demo/messages", {"from": "5511988887777", "text": fragment})
            time.sleep(0.4)  # what is tested: people pause between fragments
        wait_until(lambda: _settled(stack, 4), "the reply")
        drafts = Story.read(stack.redis.url).of(ReplyDrafted)
        arrived = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    assert [len(draft.answers) for draft in drafts] == [4]
    assert len(arrived) == 1


def test_three_hundred_chats_at_once_get_a_reply_each_and_none_is_crossed(tmp_path: Path) -> None:
    replicas = {"responder": 2, "sender": 2, "admin": 0}
    with Stack(replicas=replicas, environ={"WA_TOKENS_PER_SECOND": "0"}, folder=tmp_path) as stack:
        simulator = stack.url("simulator")
        asked = {f"55119{n:08d}": QUESTIONS[n % len(QUESTIONS)] for n in range(300)}
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda pair: _write(simulator, *pair), asked.items()))
        wait_until(lambda: _settled(stack, 300), "300 replies")
        arrived = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    said = {message["chat"]: message["text"] for message in arrived}
    assert len(arrived) == len(said) == 300
    by_question = {question: {said[chat] for chat, q in asked.items() if q == question} for question in QUESTIONS}
    assert all(len(replies) == 1 for replies in by_question.values())
    assert len({next(iter(replies)) for replies in by_question.values()}) == len(QUESTIONS)


def _write(simulator: str, chat: str, text: str) -> None:
    call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": text})


def _settled(stack: Stack, messages: int) -> bool:
    story = Story.read(stack.redis.url)
    return story.count(MessageReceived) == messages and not any(story.left.values())
