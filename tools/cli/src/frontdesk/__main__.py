"""`frontdesk`: the command line. Exit status 0 done, 1 refused or not well, 2 used wrongly, 3 not reachable."""

import sys
from collections.abc import Sequence

from frontdesk.api import Refused, Unreachable
from frontdesk.app import app
from frontdesk.show import complain

COMMON = {"--json": 0, "--instance": 1, "-i": 1}
"""Options of every command, with how many words they take: they may stand behind the command as well."""


def hoisted(words: Sequence[str]) -> list[str]:
    """The words with the common options before the command."""
    first: list[str] = []
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            return [*first, *rest, word, *left]
        taken = COMMON.get(word)
        if taken is None and not word.startswith("--instance="):
            rest.append(word)
            continue
        first += [word, *left[: taken or 0]]
        del left[: taken or 0]
    return [*first, *rest]


def main() -> None:
    """Run one command."""
    try:
        app(hoisted(sys.argv[1:]))
    except Refused as refused:
        complain(refused.detail, refused.hint)
        sys.exit(1)
    except Unreachable as error:
        complain(str(error), "Is the admin service running there? `--url` or FRONTDESK_URL says where it is.")
        sys.exit(3)


if __name__ == "__main__":
    main()
