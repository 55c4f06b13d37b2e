"""What do the tests of the clinic library share? The demonstration clinic on one Tuesday morning."""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clinic import Clinic, Clinics
from clinic.knowledge import Knowledge

CLINICS = Path(__file__).parents[3] / "clinics"
SMALL = Path(__file__).parent / "small"
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
    return Path(shutil.copytree(SMALL, tmp_path / "clinics")) / "small.yaml"
