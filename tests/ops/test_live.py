"""Do the dashboards' queries and the alerts work in a real Prometheus, with a real Alertmanager behind it?

Both are Debian's. The settings are ours, with the addresses of this machine put in and every wait made short; that the
unshortened rules fire after the right time is for promtool (test_alerts.py).
"""

import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.needs import needs
from tests.ops import queries
from tests.ops.queries import Query

pytestmark = needs("prometheus", "prometheus-alertmanager")

T = TypeVar("T")


def until(ask: Callable[[], T], *, seconds: float = 30) -> T:
    """What `ask` answers, as soon as it is something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():
                return answer
        except OSError:
            pass
        assert time.monotonic() < end, f"nothing after {seconds} s"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, **query: str) -> Any:
    with urlopen(f"{url}?{urlencode(query)}" if query else url, timeout=5) as answer:
        return json.load(answer)


class Watch:
    """A Prometheus that scrapes one stand-in under every service's name, and an Alertmanager that it tells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("exporter", "prometheus", "alertmanager")}
        self.running: list[subprocess.Popen[bytes]] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def settings(self) -> Path:
        """deploy/prometheus/prometheus.yml with the addresses of this machine and a beat of half a second."""
        settings = yaml.safe_load((queries.ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
        settings["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
        static = settings["alerting"]["alertmanagers"][0]["static_configs"][0]
        static["targets"] = [f"127.0.0.1:{self.ports['alertmanager']}"]
        for job in settings["scrape_configs"]:
            port = self.ports["prometheus" if job.pop("dns_sd_configs", None) is None else "exporter"]
            job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
        for file in queries.RULES.glob("*.yml"):
            rules = yaml.safe_load(file.read_text())
            for rule in (rule for group in rules["groups"] for rule in group["rules"] if "for" in rule):
                rule["for"] = "1s"
            (self.folder / "rules").mkdir(exist_ok=True)
            (self.folder / "rules" / file.name).write_text(yaml.safe_dump(rules))
        path = self.folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(settings))
        return path

    def start(self) -> None:
        alertmanager = queries.ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
        for command in (
            [sys.executable, "-m", "tests.ops.exporter", str(self.ports["exporter"])],
            [
                "prometheus-alertmanager",
                f"--config.file={alertmanager}",
                f"--storage.path={self.folder / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
                "--cluster.listen-address=",
            ],
            [
                "prometheus",
                f"--config.file={self.settings()}",
                f"--storage.tsdb.path={self.folder / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}",
            ],
        ):
            log = (self.folder / f"{Path(command[0]).name}.log").open("wb")
            self.running.append(subprocess.Popen(command, cwd=queries.ROOT, stdout=log, stderr=log))

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
            process.wait(10)

    def answer(self, query: Query) -> list[Any]:
        """What Prometheus answers to this query."""
        found = get(f"{self.url('prometheus')}/api/v1/query", query=query.expr)
        assert found["status"] == "success", found
        return list(found["data"]["result"])

    def alerts(self, name: str) -> list[dict[str, str]]:
        """The labels of the alerts of this name that arrived at Alertmanager and are not over."""
        found = get(f"{self.url('alertmanager')}/api/v2/alerts", active="true")
        return [alert["labels"] for alert in found if alert["labels"]["alertname"] == name]

    def alive(self, service: str, n: int) -> None:
        """From now on `n` replicas of `service` give heartbeats."""
        with urlopen(Request(f"{self.url('exporter')}/consumers/{service}/{n}", method="PUT"), timeout=5):
            pass


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    watch = Watch(tmp_path_factory.mktemp("watch"))
    try:
        watch.start()
        ready = Query("a rate over recorded figures", "frontdesk:reply_seconds:p50 > 0 and on () frontdesk_queue_depth")
        until(lambda: watch.answer(Query("started", "count(up == 1) == 5")))
        until(lambda: watch.answer(ready))
        yield watch
    finally:
        watch.stop()


@pytest.mark.parametrize("query", queries.dashboard_queries(), ids=str)
def test_every_chart_has_something_to_draw(watch: Watch, query: Query) -> None:
    """No query of a dashboard is an error, and with every metric moving none is empty or NaN."""
    assert until(lambda: [row for row in watch.answer(query) if not math.isnan(float(row["value"][1]))])


@pytest.mark.parametrize("query", queries.rule_queries(), ids=str)
def test_every_rule_can_be_asked(watch: Watch, query: Query) -> None:
    watch.answer(query)


def test_no_living_sender_reaches_alertmanager_and_goes_away_again(watch: Watch) -> None:
    """From the heartbeat's gauge through the rule to the alert that a person is told of, and its end."""
    until(lambda: not watch.alerts("FrontdeskNoConsumers"))  # before the first scrape there were no series
    watch.alive("sender", 0)
    [alert] = until(lambda: watch.alerts("FrontdeskNoConsumers"))
    assert alert == {"alertname": "FrontdeskNoConsumers", "service": "sender", "severity": "critical"}
    watch.alive("sender", 1)
    until(lambda: not watch.alerts("FrontdeskNoConsumers"))
