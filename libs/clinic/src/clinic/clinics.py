"""Which clinic answers for this WhatsApp instance, and have its files changed?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from clinic.errors import ClinicError
from clinic.load import knowledge_files, line_of, load
from clinic.model import Clinic

Stamp = tuple[tuple[str, int, int], ...]  # name, mtime in ns, size of the file and of its knowledge


class Refreshed(Struct, frozen=True):
    """What a look at the files brought: the ids that changed, and the mistakes found now."""

    changed: tuple[str, ...] = ()
    errors: tuple[ClinicError, ...] = ()


class Clinics:
    """All clinics of one directory. A clinic whose new file is broken stays as it was."""

    def __init__(self, directory: Path, default: str) -> None:
        self._directory = directory
        self._default = default
        self._clinics: dict[str, Clinic] = {}
        self._stamps: dict[str, Stamp] = {}  # of what is in use
        self._seen: dict[str, Stamp] = {}  # of the last look
        self._instances: dict[str, Clinic] = {}

    @classmethod
    def load(cls, directory: Path | str, default: str = "demo") -> "Clinics":
        """Every clinic, or the first mistake: a service should not start on half of its clinics."""
        clinics = cls(Path(directory), default)
        refreshed = clinics.refresh()
        if refreshed.errors:
            raise refreshed.errors[0]
        return clinics

    def __iter__(self) -> Iterator[Clinic]:
        return iter(self._clinics.values())

    def __len__(self) -> int:
        return len(self._clinics)

    def for_instance(self, name: str) -> Clinic:
        return self._instances.get(name) or self._clinics[self._default]

    def refresh(self) -> Refreshed:
        """Load what changed since the last look; costs one `stat` a file when nothing did."""
        found = (path for path in sorted(self._directory.glob("*.yaml")) if not path.name.startswith("."))
        files = {path.stem: path for path in found}
        wanted = {name: _stamp(path) for name, path in files.items()}
        if wanted == self._seen and self._clinics:
            return Refreshed()
        self._seen = wanted
        clinics, errors = self._reloaded(files, wanted)
        if self._default in files and self._default not in clinics:
            return Refreshed(errors=tuple(errors))  # its mistake is among them
        try:
            instances = _by_instance(clinics.values())
            self._need_default(clinics)
        except ClinicError as clash:
            return Refreshed(errors=(*errors, clash))
        both = {**self._clinics, **clinics}
        changed = tuple(name for name in both if clinics.get(name) is not self._clinics.get(name))
        self._clinics, self._instances, self._stamps = clinics, instances, wanted
        return Refreshed(changed, tuple(errors))

    def _reloaded(
        self, files: dict[str, Path], wanted: dict[str, Stamp]
    ) -> tuple[dict[str, Clinic], list[ClinicError]]:
        clinics: dict[str, Clinic] = {}
        errors: list[ClinicError] = []
        for name, path in files.items():
            old = self._clinics.get(name)
            try:
                clinics[name] = old if old and wanted[name] == self._stamps.get(name) else load(path)
            except ClinicError as wrong:
                errors.append(wrong)
                if old:
                    clinics[name] = old
        return clinics, errors

    def _need_default(self, clinics: dict[str, Clinic]) -> None:
        if not self._directory.is_dir():
            raise ClinicError(str(self._directory), 0, "", "there is no such folder (CLINICS_DIR says which)")
        if self._default not in clinics:
            file = f"{self._directory.name}/{self._default}.yaml"
            raise ClinicError(file, 0, "", "the default clinic's file is missing (set CLINICS_DIR and CLINIC_DEFAULT)")


def _stamp(path: Path) -> Stamp:
    found = [path, *knowledge_files(path)]
    return tuple(map(_stamped, found))


def _stamped(file: Path) -> tuple[str, int, int]:
    """A file that went meanwhile, or a link to nowhere, has no time; reading it tells what is wrong."""
    try:
        state = file.stat()
    except OSError:
        return file.name, 0, 0
    return file.name, state.st_mtime_ns, state.st_size


def _by_instance(clinics: Iterable[Clinic]) -> dict[str, Clinic]:
    owner: dict[str, Clinic] = {}
    for clinic in clinics:
        for index, name in enumerate(clinic.instances):
            if name in owner:
                field, problem = f"instances[{index}]", f"{name!r} is answered by {owner[name].path.name} already"
                raise ClinicError(*line_of(clinic.path, field), field, problem)
            owner[name] = clinic
    return owner
