"""Which tests need a program that pip cannot install?

On a developer's machine such a test is skipped and says which Debian package brings the program. With FRONTDESK_CI=1
(.ci/run installs the packages) a missing program fails the test instead: a green run there has skipped nothing.
"""

import os
import shutil

import pytest

PACKAGES = {
    "redis-server": "redis-server",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "chromium": "chromium",
    "docker": "docker.io",
    "wrk": "wrk",
}


def missing(*programs: str) -> str:
    """What is not here, in words; empty when everything is."""
    return ", ".join(
        f"{program} (Debian: apt-get install {PACKAGES.get(program, program)})"
        for program in programs
        if shutil.which(program) is None
    )


def needs(*programs: str) -> pytest.MarkDecorator:
    """A mark for tests: `@needs("redis-server")`, or `pytestmark = needs("promtool")`."""
    reason = missing(*programs)
    if reason and os.environ.get("FRONTDESK_CI") == "1":
        raise RuntimeError(f"CI must not skip, and this is not here: {reason}")
    return pytest.mark.skipif(bool(reason), reason=f"not here: {reason}")
