"""Whose patients can nobody answer for now? Those of a clinic whose file is broken and was never sound here.

The default clinic would tell them its own prices. So they wait until the file is mended. Where its `instances` can be
read, only those wait, else every instance that no sound file names.
"""

from collections.abc import Mapping

from msgspec import Struct

from clinic.errors import ClinicError


class Unsound(Struct, frozen=True):
    """One such file."""

    error: ClinicError
    instances: frozenset[str] | None
    """Those that it answers for; None: nobody can say, or it is the default clinic's."""

    def may_answer(self, instance: str) -> bool:
        """Whether it may be this one's, which no sound file names."""
        return self.instances is None or instance in self.instances


def why_waiting(unsound: Mapping[str, Unsound], instance: str) -> ClinicError | None:
    """What has to be mended before anybody can answer for an instance that no sound file names; None: nothing."""
    return next((one.error for one in unsound.values() if one.may_answer(instance)), None)
