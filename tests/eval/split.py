"""Which half is a question in? `python tests/eval/split.py` writes `half:` where it is missing.

Within one set, clinic and category, questions go in the order of their id's hash, each into the smaller half; of even
halves the hash takes one. So the split is the same everywhere, and a question once placed stays where it is.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.eval.questions import FOLDER, Half, Question, load


def digest(question: Question) -> str:
    return sha256(question.id.encode()).hexdigest()


def split(questions: Iterable[Question]) -> dict[str, Half]:
    """The half of every question, by id."""
    questions = sorted(questions, key=digest)
    halves: dict[str, Half] = {question.id: question.half for question in questions if question.half}
    sizes = Counter((*_group(q), q.half) for q in questions if q.half)
    for question in questions:
        if question.half is None:
            tune, held = (sizes[*_group(question), half] for half in ("tune", "held"))
            even: Half = "tune" if int(digest(question), 16) % 2 else "held"
            half: Half = even if tune == held else "tune" if tune < held else "held"
            sizes[*_group(question), half] += 1
            halves[question.id] = half
    return halves


def _group(question: Question) -> tuple[str, str, str]:
    return question.set, question.clinic, question.category


def main() -> None:
    halves = split(load())
    for path in sorted(FOLDER.glob("*.yaml")):
        path.write_text(write(path.read_text("utf-8"), halves), "utf-8")


def write(text: str, halves: dict[str, Half]) -> str:
    """The file's text with a `half:` under every id; the rest stays as it was typed."""
    text = re.sub(r"^    half: .*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^  - id: (\S+)\n", lambda m: f"{m[0]}    half: {halves[m[1]]}\n", text, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
