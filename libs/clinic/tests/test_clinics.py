"""A clinic answers for its instances, follows its files without a restart, and survives a broken one."""

import os
from pathlib import Path

import pytest

from clinic import ClinicError, Clinics


def changed(path: Path, old: str, new: str) -> None:
    """Write a change that shows in the file's time, however coarse the clock."""
    state = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000))


def second(written: Path, instance: str) -> Path:
    path = written.parent / "other.yaml"
    path.write_text(written.read_text(encoding="utf-8").replace("[small]", f"[{instance}]"), encoding="utf-8")
    return path


def test_an_instance_gets_its_clinic_and_an_unknown_one_the_default(written: Path) -> None:
    second(written, "other")
    clinics = Clinics.load(written.parent, default="small")
    assert clinics.for_instance("other").id == "other"
    assert clinics.for_instance("nobody").id == "small"
    assert len(clinics) == 2
    assert {clinic.id for clinic in clinics} == {"small", "other"}


def test_a_missing_default_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match="the default clinic's file is missing"):
        Clinics.load(tmp_path)


def test_two_clinics_cannot_answer_for_one_instance(written: Path) -> None:
    second(written, "small")
    with pytest.raises(ClinicError, match=r"small\.yaml:4: instances\[0\]: 'small' is answered by other\.yaml already"):
        Clinics.load(written.parent, default="small")


def test_nothing_changed_is_the_same_clinic(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    before = clinics.for_instance("small")
    assert clinics.refresh().changed == ()
    assert clinics.for_instance("small") is before


def test_a_changed_file_is_in_use_after_a_refresh(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    changed(written, "Small Clinic", "Bigger Clinic")
    assert clinics.refresh().changed == ("small",)
    assert clinics.for_instance("small").name == "Bigger Clinic"


def test_a_changed_knowledge_file_makes_a_new_clinic(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    changed(written.parent / "small" / "knowledge" / "parking.md", "a yard", "a garage")
    assert clinics.refresh().changed == ("small",)
    assert "garage" in clinics.for_instance("small").documents[0].text


def test_a_broken_file_keeps_the_old_clinic_and_is_told_once(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    changed(written, "price: 100.00", "price: much")
    (error,) = clinics.refresh().errors
    assert "services[0].price" in str(error)
    assert clinics.for_instance("small").services[0].price == 100
    assert clinics.refresh().errors == ()
    changed(written, "price: much", "price: 120.00")
    assert clinics.refresh().changed == ("small",)
    assert clinics.for_instance("small").services[0].price == 120


def test_mistakes_are_known_until_they_are_mended(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    changed(written, "price: 100.00", "price: much")
    clinics.refresh()
    clinics.refresh()
    (error,) = clinics.errors
    assert str(error).startswith("clinics/small.yaml:")
    changed(written, "price: much", "price: 120.00")
    clinics.refresh()
    assert clinics.errors == ()


def test_a_clinic_that_was_never_sound_is_answered_for_by_nobody_else(written: Path) -> None:
    other = second(written, "other")
    changed(other, "price: 100.00", "price: much")
    clinics = Clinics.sound(written.parent, default="small")
    assert (clinics.for_instance("small").id, clinics.for_instance("nobody").id) == ("small", "small")
    with pytest.raises(ClinicError, match=r"other\.yaml:\d+: services\[0\]\.price"):
        clinics.for_instance("other")
    changed(other, "price: much", "price: 90.00")
    assert clinics.refresh().changed == ("other",)
    assert clinics.for_instance("other").id == "other"
    changed(other, "price: 90.00", "price: much")  # now it was sound
    clinics.refresh()
    assert clinics.for_instance("other").services[0].price == 90


@pytest.mark.parametrize(("was", "broken"), [("name:", "name: ["), ("instances:", "instance:")])
def test_where_nobody_can_say_whom_a_broken_file_answers_for_those_that_no_file_names_wait(
    written: Path, was: str, broken: str
) -> None:
    other = second(written, "other")
    changed(other, was, broken)
    clinics = Clinics.sound(written.parent, default="small")
    assert clinics.for_instance("small").id == "small"
    for name in ("other", "nobody"):
        with pytest.raises(ClinicError, match=r"other\.yaml"):
            clinics.for_instance(name)
    other.unlink()
    clinics.refresh()
    assert clinics.for_instance("other").id == "small"


def test_the_patients_of_a_default_clinic_that_was_never_sound_wait(written: Path) -> None:
    second(written, "other")
    changed(written, "price: 100.00", "price: much")
    clinics = Clinics.sound(written.parent, default="small")
    assert clinics.for_instance("other").id == "other"
    with pytest.raises(ClinicError, match=r"small\.yaml"):
        clinics.for_instance("nobody")


def test_a_file_that_comes_broken_takes_nobody_away_from_who_answers_for_them(written: Path) -> None:
    clinics = Clinics.sound(written.parent, default="small")
    (written.parent / "other.yaml").write_text("name: [", encoding="utf-8")
    clinics.refresh()
    assert len(clinics.errors) == 1
    assert clinics.for_instance("nobody").id == "small"


def test_without_one_sound_clinic_the_first_mistake_is_told(written: Path) -> None:
    changed(written, "price: 100.00", "price: much")
    with pytest.raises(ClinicError, match=r"services\[0\]\.price"):
        Clinics.sound(written.parent, default="small")


def test_a_clash_changes_nothing_until_it_is_mended(written: Path) -> None:
    other = second(written, "other")
    clinics = Clinics.load(written.parent, default="small")
    changed(written, "Small Clinic", "Bigger Clinic")
    changed(other, "[other]", "[small]")
    assert len(clinics.refresh().errors) == 1
    assert clinics.for_instance("small").name == "Small Clinic"
    changed(other, "[small]", "[other]")
    assert clinics.refresh().errors == ()
    assert clinics.for_instance("small").name == "Bigger Clinic"


def test_a_new_clinic_comes_and_a_removed_one_goes(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    other = second(written, "other")
    assert clinics.refresh().changed == ("other",)
    other.unlink()
    assert clinics.refresh().changed == ("other",)
    assert clinics.for_instance("other").id == "small"


def test_the_default_cannot_be_taken_away_while_running(written: Path) -> None:
    clinics = Clinics.load(written.parent, default="small")
    written.unlink()
    assert len(clinics.refresh().errors) == 1
    assert clinics.for_instance("small").id == "small"


def test_the_demonstration_clinic_is_complete(clinic) -> None:  # type: ignore[no-untyped-def]
    topics = {one.topic for one in clinic.documents}
    assert len(clinic.services) >= 15
    assert len(topics) >= 10
    for language in ("pt", "es", "en"):
        assert {one.topic for one in clinic.documents if one.language == language} == topics


@pytest.mark.parametrize("name", [".#small.yaml", "small/knowledge/.#parking.md", "small/knowledge/gone.md"])
def test_a_link_to_nowhere_as_editors_leave_them_does_not_stop_the_looking(written: Path, name: str) -> None:
    clinics = Clinics.load(written.parent, default="small")
    (written.parent / name).symlink_to("somebody@somewhere.1234")
    clinics.refresh()
    (written.parent / name).unlink()
    changed(written, "Small Clinic", "Renamed Clinic")
    assert clinics.refresh().changed == ("small",)


@pytest.mark.parametrize("broken", ["a: " + "[" * 3_000 + "]" * 3_000, "a: " + "[" * 100_000, "a: &a [*a]"])
def test_a_file_that_is_nested_without_end_is_a_mistake_like_any_other(written: Path, broken: str) -> None:
    clinics = Clinics.load(written.parent, default="small")
    (written.parent / "other.yaml").write_text(broken, encoding="utf-8")
    (error,) = clinics.refresh().errors
    assert error.file == "clinics/other.yaml"
    assert clinics.for_instance("small").name == "Small Clinic"
