"""Do the dashboards and rules ask only for what the services export?"""

import runpy

import pytest

from tests.ops import queries
from tests.ops.queries import Query

EVERY = queries.dashboard_queries() + queries.rule_queries()
KNOWN = queries.series()


@pytest.mark.parametrize("query", EVERY, ids=str)
def test_every_query_names_series_that_exist(query: Query) -> None:
    """A metric that was renamed takes its charts and alerts with it, or this fails."""
    assert set(queries.selectors(query)) <= set(KNOWN)


@pytest.mark.parametrize("query", EVERY, ids=str)
def test_every_query_uses_labels_that_exist(query: Query) -> None:
    """A label that no series has would silently select nothing, or fold everything together."""
    selectors = queries.selectors(query)
    assert all(labels <= KNOWN[name] for name, labels in selectors.items())
    assert queries.grouped_by(query) <= set().union(*(KNOWN[name] for name in selectors))


def test_every_query_is_there() -> None:
    """The two tests above have something to look at."""
    assert len(queries.dashboard_queries()) > 20
    assert len(queries.rule_queries()) > 15


def test_every_metric_is_shown_or_watched() -> None:
    """What nobody looks at needs no metric."""
    used = {name for query in EVERY for name in queries.selectors(query)}
    shown = {metric.describe()[0].name for metric in queries.declared()}
    unused = {name for name in shown if not any(one.startswith(name) for one in used)}
    assert unused == set()


@pytest.mark.filterwarnings("ignore:Prefer using dashboardv2:DeprecationWarning")
def test_the_committed_dashboards_are_the_generated_ones() -> None:
    """Otherwise: make dashboards."""
    module = runpy.run_path(str(queries.DASHBOARDS.parent / "dashboards.py"))
    rendered = module["rendered"]()
    assert {path: path.read_text(encoding="utf-8") for path in queries.DASHBOARDS.glob("*.json")} == rendered


def test_the_metrics_page_is_current() -> None:
    """Otherwise: make docs."""
    module = runpy.run_path(str(queries.ROOT / "scripts" / "metrics_page.py"))
    assert module["PAGE"].read_text(encoding="utf-8") == module["rendered"]()
