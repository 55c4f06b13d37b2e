"""Do the pages of the desk tell what is there: who waits at which number, what failed, who did what, in words?"""

import html
import re

from shared.clock import SYSTEM
from shared.events import HandoffRequested, SendFailed, encode, following
from shared.streams import keys
from shared.streams.roster import views_hint
from tests.support.replica import INSTANCE, a_send

from .talk import CHAT, OTHER, Talk, folded, patient, wrote

PHONE, OTHERS_PHONE = "+55 11 98888-7777", "+55 11 97777-6666"


async def _page(talk: Talk, path: str, lang: str = "pt", **form: str) -> str:
    """What a reader sees of a page, tags and all the blanks aside."""
    headers = {"Accept-Language": lang}
    admin = talk._admin
    answer = await (admin.post(path, data=form, headers=headers) if form else admin.get(path, headers=headers))
    text = html.unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", await answer.text(), flags=re.S))
    return re.sub(r"\s+", " ", text)


async def _write(client, *facts, instance: str = INSTANCE) -> None:
    await client.sadd(keys.INSTANCES, instance)
    for fact in facts:
        await client.xadd(keys.events(instance), {"e": encode(fact)})
    await client.execute_command(*views_hint(instance))
    await folded(client, instance)


async def _calls(client, instance: str, *chats: str) -> None:
    for chat in chats:
        came = wrote(chat=chat, instance=instance)
        urgent = chat == chats[-1]
        call = following(HandoffRequested, came, "h", SYSTEM.now_ms(), why="person", urgent=urgent)
        await _write(client, came, call, instance=instance)


async def test_who_waits_at_another_number_is_found(talk: Talk, client) -> None:
    await patient(client)  # at the first number nobody waits
    await _calls(client, "zona-sul", CHAT, OTHER)
    await folded(client)
    for path in ("/chats", "/chats?status=wanted"):
        shown = await _page(talk, path)
        assert shown.index(OTHERS_PHONE) < shown.index(PHONE)  # the urgent one first
        assert "zona-sul (2)" in shown  # in the choice of the number
    here = await _page(talk, f"/chats?instance={INSTANCE}&status=wanted")
    assert "Nada encontrado" in here
    assert "2 esperam em outros números" in here
    assert "em outros números" not in await _page(talk, "/chats?instance=zona-sul")
    answer = await talk._admin.get("/chats?status=wanted")
    assert f'href="/chats/zona-sul/{CHAT}?everywhere=1&amp;status=wanted"' in await answer.text()
    beside = await _page(talk, f"/chats/zona-sul/{CHAT}?everywhere=1&status=wanted")
    assert beside.count(OTHERS_PHONE) == 1


async def test_a_chat_that_is_taken_over_keeps_its_filter(talk: Talk, client) -> None:
    await _calls(client, INSTANCE, CHAT)
    await client.sadd(keys.contacts(INSTANCE), CHAT)
    kept = "?everywhere=1&status=wanted&find=5511"
    answer = await talk._admin.post(f"/chats/{INSTANCE}/{CHAT}/take{kept}", data={"csrf": ""}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/chats/{INSTANCE}/{CHAT}{kept}&done=taken")


async def test_what_failed_for_good_is_told_with_its_reason_and_written_again(talk: Talk, client) -> None:
    send = a_send("Seu exame chegou", OTHER, by="rita", send_class="staff")
    why = "the number is not on WhatsApp"
    failed = following(
        SendFailed, send, "f", SYSTEM.now_ms(), send_id=send.id, attempt=1, category="permanent", reason=why, final=True
    )
    await _write(client, send, failed)
    (told,) = (await talk.ask("GET", "/messages/failed"))["items"]
    assert (told["id"], told["reason"], told["progress"]) == (send.id, why, "failed")
    await patient(client, instance="aaa")  # the first by its name, where nothing failed
    await folded(client, "aaa")
    overview = await (await talk._admin.get("/")).text()
    assert f'/dead-letters?instance={INSTANCE}&amp;of=failed">Falharam</a>' in overview
    assert "Tudo foi enviado" not in await _page(talk, "/dead-letters")
    shown = await _page(talk, f"/dead-letters?instance={INSTANCE}&of=failed")
    assert f"{OTHERS_PHONE} equipe" in shown
    assert "falhou: o número não tem WhatsApp" in shown
    again = await (await talk._admin.get(f"/schedule?instance={INSTANCE}&again={send.id}")).text()
    assert f'value="{OTHERS_PHONE}"' in again
    assert ">Seu exame chegou</textarea>" in again


async def test_a_reason_that_is_not_known_is_told_as_it_came(talk: Talk, client) -> None:
    send = a_send("oi", OTHER)
    failed = following(
        SendFailed,
        send,
        "f",
        SYSTEM.now_ms(),
        send_id=send.id,
        attempt=1,
        category="permanent",
        reason="odd",
        final=True,
    )
    await _write(client, send, failed)
    answer = await talk._admin.get(f"/dead-letters?instance={INSTANCE}&of=failed", headers={"Accept-Language": "pt"})
    assert '<span lang="en">odd</span>' in await answer.text()


async def test_what_was_just_scheduled_stands_there_at_once(talk: Talk, client) -> None:
    await patient(client)
    form = {"act": "schedule", "to": PHONE, "text": "Até amanhã!", "send_at": "2090-01-01T10:00", "csrf": ""}
    form["send_at"] = "2027-01-01T10:00"
    shown = await _page(talk, f"/schedule?instance={INSTANCE}", **form)
    assert "A mensagem está agendada" in shown
    assert "Nada está agendado" not in shown
    (one,) = (await talk.ask("GET", "/messages/scheduled"))["items"]
    shown = await _page(talk, f"/schedule?instance={INSTANCE}", act="cancel", id=one["id"])
    assert "Nada está agendado" in shown


async def test_the_audit_names_people_numbers_and_settings_in_words(talk: Talk, client) -> None:
    await patient(client)
    await talk.ask(
        "PUT", f"/instances/{INSTANCE}/limits", {"tokens_per_second": 0.5, "bucket_capacity": 3}, instance=None
    )
    await talk.ask("POST", f"/conversations/{CHAT}/take", {})
    shown = await _page(talk, f"/audit?instance={INSTANCE}")
    assert "Ritmo: Mensagens por segundo 0,5, De uma vez 3" in shown
    assert f"admin Uma pessoa assumiu · {PHONE}" in shown


async def test_a_refusal_names_its_field_behind_a_colon(talk: Talk) -> None:
    form = {"act": "schedule", "to": "12", "text": "oi", "send_at": "2027-01-01T10:00", "csrf": ""}
    assert "Algo no pedido não está certo: Telefone" in await _page(talk, f"/schedule?instance={INSTANCE}", **form)


async def test_the_overview_says_which_day_it_counts_and_what_was_asked_for(talk: Talk, client) -> None:
    await patient(client)
    await folded(client)
    shown = await _page(talk, "/")
    assert re.search(r"Hoje desde (?:\S+ de \S+, )?21:00: o dia é o de UTC", shown)  # midnight in São Paulo
    assert "Pedidos de envio" in shown
