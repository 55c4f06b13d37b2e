"""Whoever wrote a clinic's file can have it checked before anybody answers from it."""

from pathlib import Path

import pytest

from clinic.__main__ import main


def test_sound_files_are_told_with_what_they_answer_for(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(written.parent)], {"CLINIC_DEFAULT": "small"}) == 0
    told = capsys.readouterr()
    assert told.out.startswith("small: ")
    assert told.out.endswith("answers for small, every instance that no file names\n")
    assert told.err == ""


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
