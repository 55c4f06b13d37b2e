"""`make eval`: how well does the embedded answerer answer patients, and does it invent anything?

EVAL_QUESTIONS=file-or-folder and EVAL_CLINICS=folder measure a clinic's own questions against its own files.
EVAL_MIN_RIGHT=0.9 fails the run when a half is below; EVAL_SHOW_HELD=1 shows the held-back half's failures too.
An invented fact always fails it.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> int:
    from clinic import ClinicError
    from tests.eval.questions import QuestionsError

    try:
        return measured()
    except (QuestionsError, ClinicError) as wrong:
        sys.stderr.write(f"eval: {wrong}\n")
        return 2


def measured() -> int:
    """Asks, and writes the report; raises QuestionsError and ClinicError."""
    from tests.eval.questions import FOLDER, load
    from tests.eval.report import columns, good_share, of_column, report
    from tests.eval.score import score

    folder = Path(os.environ.get("EVAL_CLINICS") or ROOT / "clinics")
    asked = load(Path(os.environ.get("EVAL_QUESTIONS") or FOLDER))
    ask = answerer(folder, [question.clinic for question in asked])
    scores = [score(question, ask(question), clinics=folder) for question in asked]
    sys.stdout.write(report(scores, show_held=os.environ.get("EVAL_SHOW_HELD") == "1") + "\n")
    wanted = float(os.environ.get("EVAL_MIN_RIGHT") or 0)
    reached = all(good_share(of_column(scores, one)) >= wanted for one in columns(scores))
    return 0 if reached and not any(each.invented for each in scores) else 1


def answerer(folder: Path, asked: list[str]) -> Callable:  # type: ignore[type-arg]
    """The embedded answerer over every clinic's own knowledge; each of those `asked` must be among them."""
    from clinic import Clinics
    from clinic.knowledge import Knowledge
    from tests.eval.questions import QuestionsError
    from tests.eval.talking import asked as in_chat

    for missing in sorted({name for name in asked if not (folder / f"{name}.yaml").is_file()}):
        raise QuestionsError(f"clinic: there is no {folder / missing}.yaml (EVAL_CLINICS names the folder)")
    known = {clinic.id: (clinic, Knowledge.build(clinic)) for clinic in Clinics.load(folder, asked[0])}
    return lambda question: in_chat(question, known)


if __name__ == "__main__":
    sys.exit(main())
