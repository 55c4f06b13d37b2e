"""The generated pages of docs/reference are what the code says today."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import admin_api_page  # noqa: E402
import cli_page  # noqa: E402
import events_page  # noqa: E402
import settings_page  # noqa: E402


def test_the_events_page_is_current() -> None:
    assert events_page.PAGE.read_text(encoding="utf-8") == events_page.page(), "run `make docs`"


def test_the_asyncapi_document_is_current() -> None:
    assert json.loads(events_page.ASYNCAPI.read_text(encoding="utf-8")) == json.loads(
        json.dumps(events_page.asyncapi())
    ), "run `make docs`"


def test_the_settings_page_is_current() -> None:
    rendered = settings_page.HEAD + "".join(settings_page.section(title, kind) for title, kind in settings_page.PARTS)
    assert settings_page.PAGE.read_text(encoding="utf-8") == rendered, "run `make docs`"


def test_the_admin_api_page_is_current() -> None:
    told = admin_api_page.PAGE.read_text(encoding="utf-8")
    assert told == admin_api_page.page(admin_api_page.by_hand()), "run `make docs`"


def test_the_page_of_the_command_line_is_current() -> None:
    assert cli_page.PAGE.read_text(encoding="utf-8") == cli_page.page(), "run `make docs`"


@pytest.mark.parametrize("title", ["Every service", "sender", "responder"])
def test_every_setting_says_what_it_means(title: str) -> None:
    from described import field_texts

    kind = dict(settings_page.PARTS)[title]
    own = set(kind.__struct_fields__) - ({"port"} | set(field_texts(kind)))
    assert own == set(), "a docstring under each field"
