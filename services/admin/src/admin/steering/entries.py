"""Is this the name of a stream's entry? `<milliseconds>-<number>`."""

import re

from admin.http.problems import Problem

_ENTRY = re.compile(r"\d{1,15}-\d{1,10}", re.ASCII)  # well below Redis's own bound of 64 bits each


def check_entry_id(given: str, parameter: str) -> str:
    """The id, if it is one. Raises Problem 400."""
    if not _ENTRY.fullmatch(given):
        detail = f"`{parameter}` is the id of an entry, such as 1795500000000-0"
        raise Problem(400, detail, parameter=parameter)
    return given
