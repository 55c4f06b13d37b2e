"""Which arguments do several commands take?"""

from typing import Annotated, Literal

import typer

Language = Literal["pt", "es", "en"]
Most = Annotated[int, typer.Option(min=1, help="How many at the most.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would come to.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit log.")]
Chat = Annotated[str, typer.Argument(help="The patient: the number with its country code, or <digits>@lid.")]


def variables_of(given: list[str]) -> dict[str, str]:
    """`name=Maria` as a variable and its value."""
    found = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise typer.BadParameter(f"a variable is given as name=Maria, not {word!r}", param_hint="--var")
        found[name] = value
    return found
