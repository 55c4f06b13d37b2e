"""How far is it? Long work is asked about until it is over, with a bar for people."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from frontdesk import show
from frontdesk.told import Told

EVERY_S = 0.3


class Work(Protocol):
    """Something that takes its time."""

    @property
    def state(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


W = TypeVar("W", bound=Work)


def watch(ask: Callable[[], Told[W]], doing: str, *, quiet: bool) -> Told[W]:
    """Ask until it is over. Ctrl-C ends the watching, not the work."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=show.err, transient=True, disable=quiet or not show.err.is_terminal) as bar:
        task = bar.add_task(doing, total=None)
        while True:
            told = ask()
            bar.update(task, completed=told.seen.done, total=told.seen.total or None)
            if told.seen.state not in ("waiting", "running"):
                return told
            time.sleep(EVERY_S)
