"""A text that staff upload is checked as a file is, and takes the place of the file of its name."""

from pathlib import Path

import pytest

from clinic import ClinicError, check_text, load, with_texts

SOUND = b"# Garden\n\nThe garden is for everybody.\n"
BROKEN = [
    ("garden.fr.md", SOUND, "small/knowledge/garden.fr.md:1: 'fr' is not a language of this clinic"),
    ("garden.md", b"", "small/knowledge/garden.md:1: the file is empty"),
    ("garden.md", b" \n\n", "small/knowledge/garden.md:1: the file is empty"),
    ("garden.md", b"# A\n\nol\xe1\n", "small/knowledge/garden.md:3: is not UTF-8: save the file with that encoding"),
    ("garden.md", b"a\nb\x00c", r"small/knowledge/garden.md:2: has the control character '\x00': this is no text"),
    ("garden.md", b"a" * (1 << 20) + b"b", "small/knowledge/garden.md:1: is larger than 1048576 bytes"),
    ("../small.md", SOUND, "small/knowledge/?:1: '../small.md' is no name for a text"),
    (".hidden.md", SOUND, "small/knowledge/?:1: '.hidden.md' is no name for a text"),
    ("garden.exe", SOUND, "small/knowledge/?:1: 'garden.exe' is no name for a text"),
    ("a\nb.md", SOUND, "small/knowledge/?:1: 'a\\nb.md' is no name for a text"),
    ("x" * 90 + ".md", SOUND, "is no name for a text"),
]


@pytest.mark.parametrize(("name", "data", "told"), BROKEN)
def test_what_is_wrong_with_a_text_is_told_with_its_file_and_line(
    written: Path, name: str, data: bytes, told: str
) -> None:
    with pytest.raises(ClinicError) as wrong:
        check_text(load(written), name, data)
    assert told in str(wrong.value)


def test_a_sound_text_is_a_document_in_its_language(written: Path) -> None:
    document = check_text(load(written), "garden.pt.md", SOUND)
    assert (document.source, document.topic, document.language) == ("knowledge/garden.pt.md", "garden", "pt")


def test_texts_come_beside_the_files_and_replace_those_of_their_name(written: Path) -> None:
    clinic = load(written)
    more = with_texts(clinic, {"garden.md": SOUND, "parking.md": b"# Parking\n\nA garage.\n"})
    said = {one.source: one.text for one in more.documents}
    assert said["knowledge/garden.md"] == SOUND.decode()
    assert "garage" in said["knowledge/parking.md"]
    assert len(said) == len(clinic.documents) + 1
    assert "garage" not in "".join(one.text for one in clinic.documents)


def test_without_texts_it_is_the_same_clinic(written: Path) -> None:
    clinic = load(written)
    assert with_texts(clinic, {}) is clinic


def test_one_broken_text_breaks_the_whole(written: Path) -> None:
    with pytest.raises(ClinicError, match=r"b\.md:1: the file is empty"):
        with_texts(load(written), {"a.md": SOUND, "b.md": b""})
