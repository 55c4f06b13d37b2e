"""Is every alert tried, both ways, and does it lead to a page that says what to do?"""

import subprocess
from typing import Any

import pytest
import yaml

from tests.needs import needs
from tests.ops import queries

PROMETHEUS = queries.ROOT / "deploy" / "prometheus"
RUNBOOKS = queries.ROOT / "docs" / "operations"
ALERTS = queries.alerts()
NAMES = [alert["alert"] for alert in ALERTS]


def cases(name: str) -> list[dict[str, Any]]:
    """Every case of this alert in the rule tests."""
    files = sorted((PROMETHEUS / "tests").glob("*.yml"))
    tests = [test for file in files for test in yaml.safe_load(file.read_text())["tests"]]
    return [case for test in tests for case in test.get("alert_rule_test", []) if case["alertname"] == name]


@needs("promtool")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "config", "--lint=all", "--lint-fatal", "prometheus.yml"],
        ["check", "rules", "--lint=all", "--lint-fatal", "rules/alerts.yml", "rules/recording.yml"],
        ["test", "rules", "tests/alerts.yml"],
    ],
    ids=" ".join,
)
def test_promtool_accepts(arguments: list[str]) -> None:
    done = subprocess.run(["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs("prometheus-alertmanager")
def test_alertmanager_accepts_its_settings() -> None:
    file = queries.ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(name: str) -> None:
    assert any(case.get("exp_alerts") for case in cases(name))
    assert any(not case.get("exp_alerts") for case in cases(name))


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_every_alert_says_how_bad_it_is_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"warning", "critical"}
    assert alert["annotations"]["summary"]
    assert alert["annotations"]["description"]
    assert alert["annotations"]["runbook_url"] == f"docs/operations/{alert['alert']}.md"


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_its_page(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    for part in ("## What it means", "## Look here", "## Do this"):
        assert part in text


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    assert {page.stem for page in RUNBOOKS.glob("Frontdesk*.md")} == set(NAMES)
