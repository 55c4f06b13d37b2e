"""Which queries do the dashboards and rules ask, and which series may they name?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry import metrics

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules"
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"

# Given by Prometheus to everything that it scrapes.
TARGET_LABELS = {"job", "instance"}

# What is left after a recording rule, by the first part of its name.
LEVELS: dict[str, set[str]] = {
    "frontdesk": set(),
    "service": {"service"},
    "wa_instance": {"wa_instance"},
    "wa_instance_stream": {"wa_instance", "stream"},
}


@dataclass(frozen=True)
class Query:
    where: str
    expr: str

    def __str__(self) -> str:
        return self.where


def rules() -> list[dict[str, Any]]:
    files = sorted(RULES.glob("*.yml"))
    return [rule for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def rule_queries() -> list[Query]:
    return [Query(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def dashboard_queries() -> list[Query]:
    """Every panel's, with Grafana's variables filled in as Grafana would."""
    return [
        Query(f"{file.stem}: {panel['title']} {target['refId']}", filled(target["expr"]))
        for file in sorted(DASHBOARDS.glob("*.json"))
        for panel in json.loads(file.read_text())["panels"]
        for target in panel.get("targets", [])
    ]


def filled(expr: str) -> str:
    return expr.replace("$__rate_interval", "1m").replace("$wa_instance", ".*")


def declared() -> list[Any]:
    return [value for value in vars(metrics).values() if isinstance(value, Counter | Gauge | Histogram)]


def series() -> dict[str, set[str]]:
    """Every series that may be asked for, with its labels: the declared metrics' and the recorded ones'."""
    known = {"up": set(TARGET_LABELS)}
    for metric in declared():
        [described] = metric.describe()
        labels = {*metric._labelnames, *TARGET_LABELS}
        match described.type:
            case "counter":
                known[f"{described.name}_total"] = labels
            case "histogram":
                known |= {f"{described.name}_{part}": labels for part in ("sum", "count")}
                known[f"{described.name}_bucket"] = labels | {"le"}
            case _:
                known[described.name] = labels
    for rule in rules():
        if "record" in rule:
            level = rule["record"].split(":")[0]
            known[rule["record"]] = {"wa_instance_stream": {"wa_instance", "stream"}, "frontdesk": set()}.get(
                level, {level}
            )
    return known


def nodes(node: Any) -> Iterator[Any]:
    """The parsed query and everything in it."""
    yield node
    for name in ("lhs", "rhs", "expr", "param", "vector_selector"):
        if (inner := getattr(node, name, None)) is not None:
            yield from nodes(inner)
    for inner in getattr(node, "args", None) or []:
        yield from nodes(inner)


def parsed(query: Query) -> list[Any]:
    return list(nodes(promql_parser.parse(query.expr)))


def selectors(query: Query) -> dict[str, set[str]]:
    """The series that a query names, with the labels that it selects by."""
    found: dict[str, set[str]] = {}
    for node in parsed(query):
        if isinstance(node, promql_parser.VectorSelector):
            found.setdefault(node.name, set()).update(matcher.name for matcher in node.matchers.matchers)
    return found


def grouped_by(query: Query) -> set[str]:
    aggregates = [node for node in parsed(query) if isinstance(node, promql_parser.AggregateExpr)]
    return {label for node in aggregates if node.modifier for label in node.modifier.labels}
