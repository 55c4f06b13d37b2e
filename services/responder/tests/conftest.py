"""What do the tests of the responder's knowledge share? The demonstration clinic on one Tuesday morning."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from responder.clinic import Clinic, Clinics
from responder.knowledge import Knowledge

CLINICS = Path(__file__).parents[3] / "clinics"
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    return Clinics.load(CLINICS).for_instance("demo")


@pytest.fixture(scope="session")
def knowledge(clinic: Clinic) -> Knowledge:
    return Knowledge.build(clinic)


@pytest.fixture(scope="session")
def now() -> datetime:
    """Tuesday 2026-11-24, 10:30 at the clinic."""
    return datetime(2026, 11, 24, 10, 30, tzinfo=SAO_PAULO)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A small sound clinic of its own, to be broken or changed."""
    (tmp_path / "clinics" / "small" / "knowledge").mkdir(parents=True)
    (tmp_path / "clinics" / "small" / "knowledge" / "parking.md").write_text("# Parking\n\nThere is a yard.\n")
    path = tmp_path / "clinics" / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


SMALL = """\
name: Small Clinic
languages: [en, pt]
timezone: America/Sao_Paulo
instances: [small]
contact:
  phone: "+55 11 5550-0200"
place:
  address: 1 Sample Street
hours:
  monday: [08:00-12:00, 14:00-18:00]
  saturday: [22:00-24:00]
  sunday: [00:00-02:00]
holidays:
  - date: 12-25
    name: {en: Christmas, pt: Natal}
insurances:
  - id: good-plan
    name: Good Plan
services:
  - id: checkup
    name: {en: Check-up, pt: Consulta}
    price: 100.00
    minutes: 30
    insurances: [good-plan]
  - id: xray
    name: {en: X-ray, pt: Raio-X}
vips: ["+5511900000009"]
templates:
  reminder:
    text: {en: "Hello {name}", pt: "Olá {name}"}
    variables: [name]
policies:
  quiet_hours: 21:00-08:00
  emergency: {en: Call 192., pt: Ligue 192.}
fallbacks:
  unknown: {en: I do not know., pt: Não sei.}
  person: {en: One moment., pt: Um momento.}
"""
