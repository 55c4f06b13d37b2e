"""Plain text and PDFs are read like Markdown, or it is told what is wrong with them."""

import contextlib
import subprocess
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clinic import ClinicError, check_text, load, with_texts
from clinic.knowledge import Knowledge
from clinic.pdf import READER, pdf_text
from clinic.pdf_reading import MAX_DRAWN, MAX_PAGES

PLAIN = b"Garden\n\nThe sensory garden is on the roof.\nIt is open to all.\n\nPets\n\nGuide dogs are welcome.\n"


PAGE = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"


def a_pdf(*pages: str) -> bytes:
    """A PDF as simple as they come: one font, a line of text for each line of a page."""
    objects = []
    for n, page in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -20 Td\n" for line in page.splitlines())
        content = f"BT /F1 12 Tf 50 700 Td\n{shown}ET".encode("cp1252")
        objects += [f"<< {PAGE} /Contents {5 + 2 * n} 0 R >>".encode(), a_stream(content)]
    return put_together([4 + 2 * n for n in range(len(pages))], objects)


def one_stream_on(pages: int, content: bytes) -> bytes:
    """A PDF whose pages share their content, packed."""
    page = f"<< {PAGE} /Contents 4 0 R >>".encode()
    packed = a_stream(zlib.compress(content), " /Filter /FlateDecode")
    return put_together(list(range(5, 5 + pages)), [packed, *[page] * pages])


def a_stream(content: bytes, about: str = "") -> bytes:
    return f"<< /Length {len(content)}{about} >>\nstream\n".encode() + content + b"\nendstream"


def put_together(pages: list[int], others: list[bytes]) -> bytes:
    """A PDF of these objects from number 4 on, of which `pages` are pages."""
    kids = " ".join(f"{page} 0 R" for page in pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", *others,
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for n, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n".encode() + one + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def test_plain_text_is_cut_at_lines_that_stand_alone(written: Path) -> None:
    knowledge = Knowledge.build(with_texts(load(written), {"garden.txt": PLAIN}))
    hit = knowledge.search("sensory garden", "en")[0]
    assert (hit.heading, hit.text) == ("Garden", "The sensory garden is on the roof. It is open to all.")
    assert hit.source == "knowledge/garden.txt#garden"


def test_a_pdf_is_found_by_what_it_says(written: Path) -> None:
    pdf = a_pdf("Estacionamento para clientes", "O jardim sensorial fica no terraço, aberto a todos.")
    knowledge = Knowledge.build(with_texts(load(written), {"garden.pt.pdf": pdf}))
    hit = knowledge.search("jardim sensorial", "pt")[0]
    assert "terraço" in hit.text
    assert hit.source.startswith("knowledge/garden.pt.pdf#")


def test_files_of_all_kinds_in_the_folder_are_read(written: Path) -> None:
    folder = written.parent / "small" / "knowledge"
    (folder / "garden.txt").write_bytes(PLAIN)
    (folder / "map.pdf").write_bytes(a_pdf("The lift is on the left."))
    (folder / "picture.jpg").write_bytes(b"\xff\xd8")
    sources = {one.source for one in load(written).documents}
    assert {"knowledge/garden.txt", "knowledge/map.pdf"} < sources
    assert not any("picture" in one for one in sources)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.4\nnonsense", "small/knowledge/a.pdf:1: is no PDF that can be read"),
        (b"", "small/knowledge/a.pdf:1: is no PDF that can be read"),
        (a_pdf(""), "small/knowledge/a.pdf:1: has no text in it, only pictures"),
        (a_pdf(*["x"] * (MAX_PAGES + 1)), f"small/knowledge/a.pdf:{MAX_PAGES + 1}: has {MAX_PAGES + 1} pages"),
        (b"%PDF-1.4\n" + b"0" * (5 << 20), "small/knowledge/a.pdf:1: is larger than 5242880 bytes"),
    ],
    ids=["nonsense", "empty", "pictures", "long", "large"],
)
def test_a_pdf_that_will_not_do_is_told(written: Path, data: bytes, told: str) -> None:
    with pytest.raises(ClinicError) as wrong:
        check_text(load(written), "a.pdf", data)
    assert told in str(wrong.value)


def test_a_broken_pdf_in_the_folder_is_told_with_its_path(written: Path) -> None:
    (written.parent / "small" / "knowledge" / "map.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(ClinicError, match=r"clinics/small/knowledge/map\.pdf:1: is no PDF"):
        load(written)


def test_pages_that_share_a_megabyte_of_drawing_are_refused_before_they_are_drawn(written: Path) -> None:
    drawn = b"BT /F1 12 Tf " + b"1 0 0 1 0 0 Tm () Tj " * (MAX_DRAWN // 80) + b"ET"
    with pytest.raises(ClinicError, match="bytes of drawing instructions"):
        check_text(load(written), "a.pdf", one_stream_on(20, drawn))


def a_bomb() -> bytes:
    """Sixty kilobytes that unpack to as many megabytes."""
    return one_stream_on(1, b" " * (60 << 20))


def test_a_pdf_that_wants_too_much_memory_is_told_so(written: Path) -> None:
    with pytest.raises(ClinicError, match=r"a\.pdf:1: takes more than 5 s or 96 MiB of memory to read: print it"):
        check_text(load(written), "a.pdf", a_bomb())


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="only Linux asks who goes first")
def test_where_memory_ends_the_reader_goes_and_not_the_service() -> None:
    with subprocess.Popen(READER, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reader:
        offered = Path(f"/proc/{reader.pid}/oom_score_adj")
        while offered.read_text() != "1000\n":
            assert reader.poll() is None
            time.sleep(0.01)
        assert reader.stdin is not None
        reader.stdin.close()


def test_one_pdf_is_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [0], [0]

    def run(*_args: Any, **_about: Any) -> Any:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.05)
        inside[0] -= 1
        return subprocess.CompletedProcess(READER, 0, stdout=b'{"pages": ["The lift is on the left."]}')

    monkeypatch.setattr("clinic.pdf.subprocess.run", run)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda n: pdf_text(b"one of four: %d" % n, "a.pdf"), range(4)))) == 4
    assert most == [1]


def test_a_pdf_that_takes_too_long_is_given_up(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.pdf.WAIT_S", 0.01)
    with pytest.raises(ClinicError, match="takes more than 5 s or 96 MiB of memory"):
        check_text(load(written), "a.pdf", a_pdf("The stairs are on the right."))


def test_twenty_pages_of_text_are_read_once(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = ["\n".join(f"Page {n} says in line {line} where the lift is." for line in range(40)) for n in range(20)]
    text = check_text(load(written), "a.pdf", a_pdf(*pages)).text
    assert all(f"Page {n} says in line 39" in text for n in range(20))
    monkeypatch.setattr("clinic.pdf.WAIT_S", 0.01)
    assert check_text(load(written), "b.pdf", a_pdf(*pages)).text == text


@pytest.mark.parametrize("cut", range(0, 700, 23))
def test_a_damaged_pdf_is_read_or_told_and_never_worse(written: Path, cut: int) -> None:
    whole = a_pdf("The lift is on the left.")
    with contextlib.suppress(ClinicError):
        assert check_text(load(written), "a.pdf", whole[:cut] + whole[cut + 11 :]).text.strip()
