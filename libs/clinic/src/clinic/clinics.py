"""Which clinic answers for this WhatsApp instance, and have its files changed?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from clinic.errors import ClinicError
from clinic.load import instances_of, knowledge_files, line_of, load
from clinic.model import Clinic
from clinic.unsound import Unsound, why_waiting

Stamp = tuple[tuple[str, int, int], ...]  # name, mtime in ns, size of the file and of its knowledge


class Refreshed(Struct, frozen=True):
    """What a look at the files brought: the ids that changed, and the mistakes found now."""

    changed: tuple[str, ...] = ()
    errors: tuple[ClinicError, ...] = ()


class Clinics:
    """All clinics of one directory. A clinic whose new file is broken stays as it was."""

    def __init__(self, directory: Path, default: str) -> None:
        self._directory = directory
        self.default = default
        self._clinics: dict[str, Clinic] = {}
        self._stamps: dict[str, Stamp] = {}  # of what is in use
        self._seen: dict[str, Stamp] = {}  # of the last look
        self._instances: dict[str, Clinic] = {}
        self.errors: tuple[ClinicError, ...] = ()
        """The mistakes that the files have now."""
        self.unsound: Mapping[str, Unsound] = {}
        """By their names, the files that were broken at the first look and still are."""

    @classmethod
    def sound(cls, directory: Path | str, default: str = "demo") -> "Clinics":
        """The clinics whose files are sound. Raises ClinicError, the first mistake, when that is none.

        One broken file of several keeps its own patients waiting, and nobody else's.
        """
        clinics = cls(Path(directory), default)
        clinics.refresh()
        if not len(clinics):
            raise clinics.errors[0]
        return clinics

    @classmethod
    def load(cls, directory: Path | str, default: str = "demo") -> "Clinics":
        """Every clinic, or the first mistake."""
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
        """The clinic that answers for it. Raises ClinicError when that may be one whose file was never sound."""
        found = self._instances.get(name)
        if found is None and (why := why_waiting(self.unsound, name)):
            raise why
        return found or self._clinics[self.default]

    def answering(self, name: str) -> Clinic | None:
        """The same; None when nobody can say."""
        try:
            return self.for_instance(name)
        except ClinicError:
            return None

    def refresh(self) -> Refreshed:
        """Load what changed since the last look; costs one `stat` a file when nothing did."""
        found = (path for path in sorted(self._directory.glob("*.yaml")) if not path.name.startswith("."))
        files = {path.stem: path for path in found}
        wanted = {name: _stamp(path) for name, path in files.items()}
        if wanted == self._seen and self._clinics:
            return Refreshed()
        self._seen = wanted
        clinics, broken = self._reloaded(files, wanted)
        try:
            instances = _by_instance(clinics.values())
            self._need_default(files)
        except ClinicError as clash:
            self.errors = (*broken.values(), clash)
            return Refreshed(errors=self.errors)
        both = {**self._clinics, **clinics}
        changed = tuple(name for name in both if clinics.get(name) is not self._clinics.get(name))
        self.errors, self.unsound = tuple(broken.values()), self._never_sound(files, broken)
        self._clinics, self._instances, self._stamps = clinics, instances, wanted
        return Refreshed(changed, self.errors)

    def _never_sound(self, files: Mapping[str, Path], broken: Mapping[str, ClinicError]) -> dict[str, Unsound]:
        """A file that comes broken later takes nobody away from who answers for them now."""
        names = broken if not self._clinics else broken.keys() & self.unsound.keys()
        return {
            name: Unsound(broken[name], None if name == self.default else instances_of(files[name]))
            for name in sorted(names)
        }

    def _reloaded(
        self, files: dict[str, Path], wanted: dict[str, Stamp]
    ) -> tuple[dict[str, Clinic], dict[str, ClinicError]]:
        clinics: dict[str, Clinic] = {}
        broken: dict[str, ClinicError] = {}
        for name, path in files.items():
            old = self._clinics.get(name)
            try:
                clinics[name] = old if old and wanted[name] == self._stamps.get(name) else load(path)
            except ClinicError as wrong:
                broken[name] = wrong
                if old:
                    clinics[name] = old
        return clinics, broken

    def _need_default(self, files: Mapping[str, Path]) -> None:
        if not self._directory.is_dir():
            raise ClinicError(str(self._directory), 0, "", "there is no such folder (CLINICS_DIR says which)")
        if self.default not in files:
            file = f"{self._directory.name}/{self.default}.yaml"
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
