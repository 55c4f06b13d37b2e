"""`python -m clinic [FOLDER]`: are the clinics' files fit to answer from?

Says what each clinic answers for, or the first mistake of each file (status 1); and what it found and does not use.
FOLDER is what CLINICS_DIR says, else `clinics`.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from clinic.clinics import Clinics
from clinic.knowledge.chunks import chunks, empty_sections
from clinic.model import Clinic
from clinic.strays import strays


def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Look at the folder once, as a service does at its start."""
    folder = Path(words[0] if words else environment.get("CLINICS_DIR") or "clinics")
    default = environment.get("CLINIC_DEFAULT") or "demo"
    clinics = Clinics(folder, default)
    errors = clinics.refresh().errors
    sys.stderr.writelines(f"{error}\n" for error in errors)
    if errors:
        return 1
    for clinic in clinics:
        answers = [*clinic.instances, *(["every instance that no file names"] if clinic.id == default else [])]
        found = f"{clinic.id}: {clinic.name}; {_texts(clinic)}"
        sys.stdout.write(f"{found}; answers for {', '.join(answers) or 'nobody'}\n")
    sys.stderr.writelines(f"warning: {one}\n" for one in (*strays(folder), *_empty(clinics)))
    return 0


def _texts(clinic: Clinic) -> str:
    sections = {(one.source, one.title) for document in clinic.documents for one in chunks(document)}
    return f"{_count(len(sections), 'section')} of {_count(len(clinic.documents), 'file')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _empty(clinics: Iterable[Clinic]) -> Iterator[str]:
    for clinic in clinics:
        for document in clinic.documents:
            for heading in empty_sections(document):
                yield f"{clinic.id}/{document.source}: the section {heading!r} says nothing, and nothing is found in it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
