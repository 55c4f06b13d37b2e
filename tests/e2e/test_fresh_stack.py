"""Can the command line be used before any patient wrote, and does the doctor find the one number that there is?"""

from collections.abc import Iterator

import pytest

from demo.process import wait_until
from demo.stack import ADMIN_TOKEN, Stack
from tests.support.terminal import Console

LIST = "to,name\n5511988887777,Ana\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(environ={}, folder=tmp_path_factory.mktemp("fresh")) as stack:
        yield stack


@pytest.fixture(scope="module")
def console(stack: Stack) -> Console:
    return Console({"FRONTDESK_URL": stack.url("admin-0"), "ADMIN_TOKEN": ADMIN_TOKEN})


@pytest.mark.parametrize(
    "words",
    [("instances", "limits"), ("knowledge", "ask", "Tem estacionamento?"),
     ("broadcast", "start", "results_ready", "-", "--dry-run")],
)  # fmt: skip
def test_the_only_number_is_meant_without_being_named(console: Console, words: tuple[str, ...]) -> None:
    said = console.run(*words, typed=LIST if "-" in words else "")
    assert (said.status, said.err) == (0, "")


def test_a_service_that_ends_is_not_well_any_more(stack: Stack, console: Console) -> None:
    wait_until(lambda: "no responder" not in console.run("health").out, "the responder to be alive")
    stack.processes["responder-0"].stop()
    wait_until(lambda: "no responder is alive" in console.run("health").out, "it to be missed")
    assert console.run("health").status == 1
    assert "no responder is alive" in console.run("doctor").out
