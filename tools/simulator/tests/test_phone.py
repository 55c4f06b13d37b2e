"""Can a test see what arrived, in order, and wait for it?"""

from __future__ import annotations

import asyncio
from typing import Any


async def test_what_arrives_is_numbered_and_kept_in_order(sim: Any) -> None:
    for text in ("um", "dois", "três"):
        await sim.send(text)
    messages = await sim.phone()
    assert [message["text"] for message in messages] == ["um", "dois", "três"]
    assert [message["seq"] for message in messages] == [1, 2, 3]
    assert [message["text"] for message in await sim.phone("?since=2")] == ["três"]


async def test_a_chat_is_found_by_the_number_as_its_owner_writes_it(sim: Any) -> None:
    await sim.send("br", number="5541988887777")
    await sim.send("sp", number="5511988887777")
    (message,) = await sim.phone("?chat=5541988887777")
    assert (message["chat"], message["jid"]) == ("5541988887777", "554188887777@s.whatsapp.net")


async def test_an_answer_to_a_lid_arrives_on_that_patients_phone(sim: Any, receiver: Any) -> None:
    await sim.write(kind="lid_addressed_no_alt", text="oi", **{"from": "5511977776666"})
    (post,) = await receiver.wait("messages.upsert")
    await sim.send("resposta", number=post.body["data"]["key"]["remoteJid"])
    assert [message["text"] for message in await sim.phone("?chat=5511977776666")] == ["resposta"]


async def test_waiting_ends_with_the_next_arrival(sim: Any) -> None:
    waiting = asyncio.create_task(sim.phone("?since=0&wait_ms=20000"))
    await sim.send("oi")
    assert [message["text"] for message in await waiting] == ["oi"]
    assert await sim.phone("?since=1&wait_ms=1") == []


async def test_letters_for_a_number_are_accepted_and_reach_nobody(sim: Any) -> None:
    assert (await sim.send(number="abc"))[0] == 201
    assert await sim.phone() == []


async def test_what_staff_types_on_the_clinics_phone_arrives_too(sim: Any) -> None:
    await sim.write(kind="fromMe_sent_on_phone", text="já respondo")
    assert [(one["by"], one["text"]) for one in await sim.phone()] == [("staff", "já respondo")]


async def test_every_attempt_is_counted_with_its_answer(sim: Any) -> None:
    await sim.fault("status_503", times=1)
    await sim.send("oi")
    await sim.send("oi")
    assert [(call["call"], call["status"], call["fault"]) for call in await sim.calls()] == [
        ("sendText", 503, "status_503"),
        ("sendText", 201, None),
    ]


async def test_the_gateways_own_search_finds_what_it_stored(sim: Any, receiver: Any) -> None:
    message = (await sim.send("achado"))[1]
    await sim.send("outro", number="5511977776666")
    await receiver.wait("messages.update", 6)
    where = {"key": {"remoteJid": message["key"]["remoteJid"], "fromMe": True}}
    found = (await sim.call("POST", "/chat/findMessages/demo", {"where": where}))[1]["messages"]
    assert (found["total"], found["pages"], found["currentPage"]) == (1, 1, 1)
    (record,) = found["records"]
    assert record["key"] == message["key"]
    assert record["MessageUpdate"] == [{"status": "SERVER_ACK"}, {"status": "DELIVERY_ACK"}, {"status": "READ"}]


async def test_a_browser_gets_the_page_and_a_program_the_gateways_greeting(sim: Any) -> None:
    assert (await sim.call("GET", "/"))[1]["version"] == "2.3.6"
    _, page = await sim.call("GET", "/", headers={"Accept": "text/html"})
    assert "<!doctype html>" in page
    for name in ("chat.css", "chat.js", "panel.js", "icon.svg"):
        assert f"/sim/page/{name}" in page
        assert (await sim.call("GET", f"/sim/page/{name}"))[0] == 200


async def test_media_forms_and_reactions_arrive_as_what_they_are(sim: Any) -> None:
    number = "5511988887777"
    pdf = {"number": number, "mediatype": "document", "media": "AAAA", "fileName": "a.pdf"}
    assert (await sim.call("POST", "/message/sendMedia/demo", pdf))[0] == 201
    listed = {"title": "T", "description": "D", "footerText": "", "buttonText": "b"}
    sections = [{"title": "s", "rows": [{"title": "r", "rowId": "1"}]}]
    assert (await sim.call("POST", "/message/sendList/demo", {"number": number, **listed, "sections": sections}))[
        0
    ] == 201
    key = {"id": "3A", "remoteJid": number + "@s.whatsapp.net", "fromMe": False}
    assert (await sim.call("POST", "/message/sendReaction/demo", {"key": key, "reaction": "👍"}))[0] == 201
    assert [one["kind"] for one in await sim.phone()] == ["document", "list", "reaction"]


async def test_a_patient_presses_the_button_that_was_sent(sim: Any, receiver: Any) -> None:
    pressed = [{"type": "reply", "displayText": "Sim", "id": "yes-1"}]
    body = {"number": "5511988887777", "title": "T", "description": "D", "footer": "", "buttons": pressed}
    assert (await sim.call("POST", "/message/sendButtons/demo", body))[0] == 201
    assert (await sim.phone())[0]["buttons"] == [{"id": "yes-1", "text": "Sim"}]
    await sim.write(kind="buttonsResponse", text="Sim", selected="yes-1")
    (post,) = await receiver.wait("messages.upsert")
    assert post.body["data"]["message"]["buttonsResponseMessage"]["selectedButtonId"] == "yes-1"


async def test_a_watcher_hears_of_messages_typing_and_ticks(sim: Any, receiver: Any) -> None:
    async with sim.http.get(sim.server.make_url("/sim/live")) as live:
        await sim.write(text="oi")
        presence = {"number": "5511988887777", "presence": "composing", "delay": 1}
        await sim.call("POST", "/chat/sendPresence/demo", presence)
        await sim.send("olá")
        heard = ""
        while not all(word in heard for word in ('"typing"', '"status":"delivered"', '"text":"olá"')):
            heard += (await live.content.readany()).decode()
