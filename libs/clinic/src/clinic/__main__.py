"""`python -m clinic [FOLDER]`: are the clinics' files fit to answer from?

Says what each clinic answers for, or the first mistake of each file (status 1).
FOLDER is what CLINICS_DIR says, else `clinics`.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from clinic.clinics import Clinics


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
        sys.stdout.write(f"{clinic.id}: {clinic.name}; answers for {', '.join(answers) or 'nobody'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
