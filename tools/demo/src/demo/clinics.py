"""Whose clinics are shown: the demonstration's, or one's own, which CLINICS_DIR and CLINIC_DEFAULT name?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic import Clinics
from demo.stack import ROOT


@dataclass(frozen=True)
class Own:
    """One's own clinics."""

    directory: Path
    default: str
    instances: list[str]
    """Whom patients can write to: the instances of the files, and one for a default that names none."""

    @property
    def environ(self) -> dict[str, str]:
        """What the services and the simulator are to be told."""
        told = {"CLINICS_DIR": str(self.directory), "CLINIC_DEFAULT": self.default}
        return told | {"INSTANCES": ",".join(self.instances)}


def own_clinics(environ: Mapping[str, str]) -> Own | None:
    """None when the environment names none. Raises ClinicError for the first mistake in their files."""
    folder, default = environ.get("CLINICS_DIR", ""), environ.get("CLINIC_DEFAULT", "")
    if not folder and not default:
        return None
    directory, default = Path(folder or ROOT / "clinics").resolve(), default or "demo"
    clinics = list(Clinics.load(directory, default))
    unnamed = [one.id for one in clinics if one.id == default and not one.instances]
    return Own(directory, default, [name for one in clinics for name in one.instances] + unnamed)
