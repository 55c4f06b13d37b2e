"""Whoever wrote a clinic's file can have it checked before anybody answers from it."""

from pathlib import Path

import pytest

from clinic.__main__ import main


def test_sound_files_are_told_with_what_they_answer_for(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(written.parent)], {"CLINIC_DEFAULT": "small"}) == 0
    told = capsys.readouterr()
    assert told.out.startswith("small: ")
    assert told.out.endswith("; 1 section of 1 file; answers for small, every instance that no file names\n")
    assert told.err == ""


def test_what_is_not_used_is_warned_of(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clinics, texts = written.parent, written.parent / "small" / "knowledge"
    for path in (clinics / "old.yml", clinics / "small" / "prices.md", texts / "guide.docx", texts / ".parking.md.swp"):
        path.write_text("# Prices\n\nMany.\n", encoding="utf-8")
    (clinics / "gone").mkdir()
    (texts / "hours.md").write_text("# Hours\n\n## Mornings\n\n## Evenings\nTill late.\n\n# More\n", encoding="utf-8")
    assert main([str(clinics)], {"CLINIC_DEFAULT": "small"}) == 0
    told = capsys.readouterr()
    assert "; 2 sections of 2 files; " in told.out
    assert told.err.splitlines() == [
        f"warning: {clinics}/gone: is not read: there is no gone.yaml",
        f"warning: {clinics}/old.yml: is not read: a clinic's file is called NAME.yaml",
        f"warning: {texts}/guide.docx: is not read: a text is a file of the kind .md, .pdf, .txt",
        f"warning: {clinics}/small/prices.md: is not read: texts belong into small/knowledge/",
        "warning: small/knowledge/hours.md: the section 'Mornings' says nothing, and nothing is found in it",
        "warning: small/knowledge/hours.md: the section 'More' says nothing, and nothing is found in it",
    ]


def test_a_mistake_in_the_defaults_file_is_told_alone(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written.write_text("name: [", encoding="utf-8")
    assert main([str(written.parent)], {"CLINIC_DEFAULT": "small"}) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("clinics/small.yaml:1: not valid YAML")


def test_a_folder_that_is_not_there_is_told_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "mine")], {}) == 1
    assert capsys.readouterr().err == f"{tmp_path}/mine: there is no such folder (CLINICS_DIR says which)\n"


def test_the_first_mistake_of_each_file_is_told(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = written.read_text(encoding="utf-8")
    (written.parent / "other.yaml").write_text(text.replace("timezone:", "timezoen:"), encoding="utf-8")
    (written.parent / "third.yaml").write_text("name: [", encoding="utf-8")
    assert main([], {"CLINICS_DIR": str(written.parent), "CLINIC_DEFAULT": "small"}) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "other.yaml" in lines[0]
    assert "did you mean timezone?" in lines[0]
    assert "third.yaml" in lines[1]
    assert "not valid YAML" in lines[1]
