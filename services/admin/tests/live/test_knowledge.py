"""Does what staff upload answer, and is what is not fit refused with its place?"""

import zlib
from pathlib import Path

import pytest

from shared.events import AdminActed
from shared.streams import keys
from shared.streams.log import read_log
from tests.support.replica import INSTANCE

from .talk import Talk, everything

ROOT = str(Path(__file__).resolve().parents[4])
NAME = "estacionamento-novo.md"
TEXT = "# Estacionamento\n\nO estacionamento subterrâneo fica na Rua das Acácias e custa R$ 12 por hora.\n"
ONE = f"/knowledge/{NAME}"
TEXTS = keys.clinic_texts("demo")


class Desk(Talk):
    """The API, asked about the clinic `demo`."""

    async def put(self, path: str, data: bytes | str, status: int = 200, **headers: str):
        body = data.encode() if isinstance(data, str) else data
        answer = await self._admin.put(
            f"/admin{path}", data=body, params={"clinic": "demo"}, headers={"Content-Type": "text/markdown", **headers}
        )
        told = await answer.json(content_type=None)
        assert answer.status == status, told
        return told

    async def of(self, method: str, path: str, *args, **about):
        return await self.ask(method, path, *args, instance=None, clinic="demo", **about)


@pytest.fixture
async def desk(talk: Talk) -> Desk:
    return Desk(talk._admin)


async def test_an_upload_is_found_at_once_and_counted_for_the_responders(desk: Desk, client) -> None:
    question = {"question": "onde fica o estacionamento subterrâneo?"}
    before = await desk.of("POST", "/knowledge/ask", question)
    assert all("Acácias" not in hit["text"] for hit in before["hits"])
    told = await desk.put(ONE, TEXT)
    assert (told["line"]["uploaded"], told["line"]["language"], told["text"]) == (True, "pt", TEXT)
    assert await client.hget(TEXTS, NAME) == TEXT.encode()
    assert await client.get(keys.CLINICS_VERSION) == b"1"
    found = await desk.of("POST", "/knowledge/ask", question)
    assert (found["language"], found["hits"][0]["source"]) == ("pt", f"knowledge/{NAME}#estacionamento")
    assert "Acácias" in found["hits"][0]["text"]
    assert 0 < found["hits"][0]["coverage"] <= 1
    told = await desk.ask("GET", "/audit", instance=None, limit=1)
    assert told["items"][0]["detail"] == {"clinic": "demo", "name": NAME, "change": "added"}


async def test_files_and_uploads_are_listed_and_read(desk: Desk, client) -> None:
    files = await desk.of("GET", "/knowledge")
    assert files["items"]
    assert not any(line["uploaded"] for line in files["items"])
    over = files["items"][0]["name"]
    text = (await desk.of("GET", f"/knowledge/{over}"))["text"]
    await desk.put(f"/knowledge/{over}", "# Outro\n\nOutro texto.\n")
    line = next(line for line in (await desk.of("GET", "/knowledge"))["items"] if line["name"] == over)
    assert (line["uploaded"], line["over_a_file"]) == (True, True)
    await desk.of("DELETE", f"/knowledge/{over}")
    assert (await desk.of("GET", f"/knowledge/{over}"))["text"] == text
    by_instance = await desk.ask("GET", "/knowledge", instance=INSTANCE)
    assert by_instance == files


async def test_a_text_that_somebody_else_changed_is_not_overwritten(desk: Desk, client) -> None:
    await desk.put(ONE, TEXT)
    tag = (await desk.headers("GET", ONE, instance=None, clinic="demo"))["ETag"]
    await desk.put(ONE, TEXT + "Ana.\n", **{"If-Match": tag})
    before = await everything(client)
    problem = await desk.put(ONE, TEXT + "Bia.\n", 412, **{"If-Match": tag})
    assert problem["parameter"] == "If-Match"
    await desk.of("DELETE", ONE, None, 412, {"If-Match": tag})
    assert await everything(client) == before


@pytest.mark.parametrize(
    ("parameter", "name", "data"),
    [
        ("name", "..%2F..%2Fetc%2Fpasswd.md", TEXT), ("name", ".hidden.md", TEXT), ("name", "a.exe", TEXT),
        ("name", "a%00.md", TEXT), ("name", "a.fr.md", TEXT), ("name", f"{'a' * 90}.md", TEXT),
        ("name", "%3Cscript%3E.md", TEXT), ("body", NAME, ""), ("body", NAME, "  \n"), ("body", NAME, b"\xff\xfe"),
        ("body", NAME, "a\x00b"), ("body", NAME, "x" * (1024 * 1024 + 1)),
    ],
)  # fmt: skip
async def test_what_is_not_fit_is_refused_and_changes_nothing(
    desk: Desk, client, parameter: str, name: str, data
) -> None:
    await desk.put("/knowledge/b.md", TEXT)
    before = await everything(client)
    problem = await desk.put(f"/knowledge/{name}", data, 400)
    assert problem["parameter"] == parameter
    assert ROOT not in problem["detail"]
    assert await everything(client) == before


async def test_more_than_the_service_takes_at_once_is_refused(desk: Desk, client) -> None:
    await desk.put(ONE, "x" * (6 * 1024 * 1024), 413)
    assert not await client.exists(TEXTS)


async def test_a_pdf_may_be_larger_than_other_bodies(desk: Desk, client) -> None:
    """A PDF is mostly fonts and pictures: it may have five megabytes, where a body has two."""
    page = "BT /F1 24 Tf 72 700 Td (O estacionamento custa doze reais.) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(page)}>>stream\n{page}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {3 * 1024**2}>>stream\n{'x' * 3 * 1024**2}\nendstream",
    ]  # fmt: skip
    pdf, places = "%PDF-1.4\n", []
    for n, one in enumerate(objects, 1):
        places.append(f"{len(pdf):010} 00000 n \n")
        pdf += f"{n} 0 obj\n{one}\nendobj\n"
    table = f"xref\n0 7\n0000000000 65535 f \n{''.join(places)}trailer\n<</Size 7/Root 1 0 R>>\n"
    told = await desk.put("/knowledge/precos.pdf", f"{pdf}{table}startxref\n{len(pdf)}\n%%EOF\n")
    assert "doze reais" in told["text"]


async def test_what_is_not_there_is_told(desk: Desk, client) -> None:
    before = await everything(client)
    for method in ("GET", "DELETE"):
        assert (await desk.of(method, "/knowledge/nope.md", None, 404))["parameter"] == "name"
    file = (await desk.of("GET", "/knowledge"))["items"][0]["name"]
    assert "not an upload" in (await desk.of("DELETE", f"/knowledge/{file}", None, 409))["detail"]
    await desk.refused(404, "clinic", "GET", "/knowledge", instance=None, clinic="nope")
    await desk.refused(400, "question", "POST", "/knowledge/ask", {"question": ""})
    await desk.refused(400, "clinic", "GET", "/knowledge", instance=None)
    assert await everything(client) == before


async def test_an_upload_that_no_longer_fits_is_left_out_and_told(desk: Desk, client) -> None:
    await client.hset(TEXTS, mapping={"velho.fr.md": "# x\n\ny", NAME: TEXT})
    told = await desk.of("GET", "/knowledge")
    assert told["broken"] == ["velho.fr.md"]
    assert [line["name"] for line in told["items"] if line["uploaded"]] == [NAME]


async def test_no_log_of_an_instance_is_touched(desk: Desk, client) -> None:
    await desk.put(ONE, TEXT)
    assert [fact async for _, fact in read_log(client, INSTANCE) if isinstance(fact, AdminActed)] == []


def a_bomb() -> bytes:
    """A PDF of some kilobytes whose only page unpacks to sixty megabytes."""
    packed = zlib.compress(b" " * (60 << 20))
    return b"""%%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >> endobj
4 0 obj << /Length %d /Filter /FlateDecode >>
stream
%b
endstream endobj
trailer << /Root 1 0 R /Size 5 >>
startxref
0
%%%%EOF""" % (len(packed), packed)


async def test_a_pdf_that_wants_more_memory_than_there_is_costs_its_own_upload_only(desk: Desk) -> None:
    told = await desk.put("/knowledge/bomba.pdf", a_bomb(), 400)
    assert "MiB of memory to read" in told["detail"]
    await desk.put(ONE, TEXT)
