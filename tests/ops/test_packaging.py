"""Do the files that ship the services agree with each other and with what the services read?"""

import importlib
import json
import os
import re
import tomllib
from typing import Any

import msgspec
import pytest
import yaml

from clinic.pdf_reading import MEMORY
from shared.settings import ServiceSettings, StreamSettings
from tests.ops.queries import ROOT

PORTS = {"ingest": 8001, "responder": 8002, "sender": 8003, "admin": 8004}
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
DOCKERFILES = [*ROOT.glob("services/*/Dockerfile"), ROOT / "tools" / "simulator" / "Dockerfile"]
DRAIN_S = 45
FIXED = {"HOST", "PORT"}

every_service = pytest.mark.parametrize("service", PORTS)


def below_title(service: str) -> str:
    """The service's Dockerfile without its first line, which says what the service does."""
    return (ROOT / "services" / service / "Dockerfile").read_text().split("\n", 1)[1]


def fly(service: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "deploy" / "fly" / f"fly.{service}.toml").read_text())


def settings(service: str) -> list[type[msgspec.Struct]]:
    """The settings that the service reads."""
    modules = [importlib.import_module(f"{service}.settings")]
    if service == "responder":
        modules.append(importlib.import_module("responder.model.settings"))
    found = [(module, value) for module in modules for value in vars(module).values()]
    return [
        kind
        for module, kind in found
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__
    ]


def variables(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_encode_fields__)


def documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.M))


# ── images ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@every_service
def test_the_images_differ_in_nothing_but_the_service(service: str) -> None:
    """One way to build: what is mended in one Dockerfile is mended in all."""
    library = (r"COPY libs/clinic libs/clinic\n", r" \./libs/clinic(?= )")
    answering = (r"# The demo's clinic.*\nCOPY clinics .*\n", " CLINICS_DIR=/app/clinics")
    console = (
        r"# The command line.*\n(?:.+\n)+(?=\nFROM)",
        r"COPY --from=build /app/cli .*\n#.*\nRUN .*\n",
        ":/app/cli/bin",
    )
    own = {"responder": (*library, *answering), "admin": (*library, *answering, *console)}
    text = below_title(service)
    for extra in own.get(service, ()):
        text = re.sub(extra, "", text)
    assert text.replace(service, "ingest").replace(str(PORTS[service]), "8001") == below_title("ingest")


def test_the_command_line_is_beside_the_service_and_not_in_it() -> None:
    """The admin's image has both. What the one needs, the other cannot come to lean on."""
    steps = re.findall(r"^RUN ((?:.*\\\n)*.*)", below_title("admin"), re.M)
    console = [step for step in steps if "tools/cli" in step]
    assert len(console) == 2
    assert all(step.count("uv pip ") == step.count("--python /app/cli ") == 1 for step in console)
    assert not any("/app/cli" in step for step in steps if "services/admin" in step)
    assert "ENV PATH=/app/venv/bin:$PATH:/app/cli/bin " in below_title("admin")  # `python` stays the service's


def test_no_two_dockerfiles_are_of_one_size() -> None:
    """A builder that is handed several at once tells them apart by size and time alone; in an unpacked archive all have
    one time, and one service's image would silently be another's.
    """
    sizes = [file.stat().st_size for file in DOCKERFILES]
    assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize("path", [*(f"services/{name}" for name in PORTS), "tools/simulator"])
def test_an_image_runs_as_an_ordinary_user_and_checks_itself(path: str) -> None:
    text = (ROOT / path / "Dockerfile").read_text()
    assert "\nUSER 10001:10001\n" in text
    assert "\nHEALTHCHECK " in text
    assert "# syntax=" not in text
    assert set(re.findall(r"--from=(\S+)", text)) == {"build"}


def test_every_image_gets_the_same_uv_as_the_developers() -> None:
    wanted = set(re.findall(r"^uv==\S+", (ROOT / "requirements-dev.in").read_text(), re.M))
    assert {found for file in DOCKERFILES for found in re.findall(r"uv==\S+", file.read_text())} == wanted


def dependencies(package: str) -> list[str]:
    found: list[str] = tomllib.loads((ROOT / package / "pyproject.toml").read_text())["project"]["dependencies"]
    return found


@pytest.mark.parametrize("package", [*(f"services/{name}" for name in PORTS), "tools/simulator", "tools/cli"])
def test_a_lock_holds_every_dependency(package: str) -> None:
    """Otherwise: make lock. The developers' lock holds them, too."""
    own = dependencies(package)
    for name, folder in {"frontdesk-shared": "shared", "frontdesk-clinic": "libs/clinic"}.items():
        own += dependencies(folder) if name in own else []
    wanted = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in own}
    for lock in (ROOT / package / "requirements.lock", ROOT / "requirements-dev.lock"):
        locked = set(re.findall(r"^([a-z0-9._-]+)==", lock.read_text(), re.M))
        assert {name for name in wanted if not name.startswith("frontdesk-")} <= locked, lock


# ── compose ────────────────────────────────────────────────────────────────────────────────────────────────────────
@every_service
def test_compose_gives_each_service_its_port(service: str) -> None:
    assert COMPOSE[service]["environment"]["PORT"] == str(PORTS[service])


@pytest.mark.parametrize("service", COMPOSE)
def test_compose_bounds_and_confines_every_container(service: str) -> None:
    container = COMPOSE[service]
    assert container["restart"] == "unless-stopped"
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert container["logging"]["options"]["max-size"]


@pytest.mark.parametrize("service", ["responder", "admin"])
def test_who_reads_pdfs_has_memory_for_it_beside_its_own(service: str) -> None:
    """About 100 MiB are a service's own."""
    own = 128 << 20
    for told in (COMPOSE[service].get("mem_limit", ""), fly(service)["vm"][0]["memory"]):
        assert int(told.rstrip("mb")) << 20 >= own + MEMORY


@every_service
def test_the_kill_comes_after_the_drain(service: str) -> None:
    drain = next(f.default for f in msgspec.structs.fields(StreamSettings) if f.encode_name == "WA_DRAIN_S")
    assert drain == DRAIN_S
    assert int(COMPOSE[service]["stop_grace_period"].removesuffix("s")) > drain
    assert int(fly(service)["kill_timeout"].removesuffix("s")) > drain


def test_nothing_is_published_beyond_this_machine() -> None:
    for file in ROOT.glob("compose*.yaml"):
        services = yaml.safe_load(file.read_text())["services"].values()
        ports = [port for service in services for port in service.get("ports", [])]
        assert all(port.startswith("127.0.0.1:") for port in ports), file


def test_what_is_scaled_publishes_no_single_port() -> None:
    """Two replicas cannot share a port of the machine."""
    assert "ports" not in COMPOSE["sender"]
    assert "ports" not in COMPOSE["responder"]
    assert COMPOSE["ingest"]["ports"] == ["127.0.0.1:${INGEST_PORTS:-8001-8003}:8001"]


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────
@every_service
def test_every_setting_of_a_service_is_in_the_example(service: str) -> None:
    pytest.importorskip(f"{service}.settings")
    assert {name for kind in settings(service) for name in variables(kind)} <= documented()


def test_every_shared_setting_is_in_the_example() -> None:
    assert variables(ServiceSettings) | variables(StreamSettings) <= documented()


def test_the_example_names_the_real_defaults() -> None:
    """A default that changes in the code changes in .env.example too."""
    lines = dict(re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
    kinds = [StreamSettings, *(kind for name in PORTS for kind in optional_settings(name))]
    for kind in kinds:
        for field in msgspec.structs.fields(kind):
            if isinstance(field.default, str | int | float) and field.default != "" and field.encode_name not in FIXED:
                assert msgspec.convert(lines[field.encode_name], field.type, strict=False) == field.default


def optional_settings(service: str) -> list[type[msgspec.Struct]]:
    try:
        return settings(service)
    except ModuleNotFoundError:
        return []


def test_the_example_lists_nothing_that_nobody_reads() -> None:
    read = variables(StreamSettings) | variables(ServiceSettings)
    read |= {name for service in PORTS for kind in optional_settings(service) for name in variables(kind)}
    composed = "".join(file.read_text() for file in ROOT.glob("compose*.yaml"))
    assert {name for name in documented() - read if f"${{{name}:" not in composed} == set()


def test_the_simulator_stays_out_by_a_setting() -> None:
    """A real gateway must not be joined by it at the next `docker compose up`, which knows no --scale of the last."""
    assert COMPOSE["simulator"]["scale"] == "${SIMULATORS:-1}"
    assert not [file.name for file in (ROOT / "docs").rglob("*.md") if "--scale simulator" in file.read_text()]


def test_the_example_sets_nothing() -> None:
    """A copy of it changes nothing until a line is uncommented."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert all(line.startswith("#") or not line for line in lines)


# ── Fly ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@every_service
def test_fly_builds_and_asks_each_service_where_it_is(service: str) -> None:
    app, port = fly(service), PORTS[service]
    assert (
        ROOT / "deploy" / "fly" / app["build"]["dockerfile"]
    ).resolve() == ROOT / "services" / service / "Dockerfile"
    assert app["env"]["PORT"] == str(port)
    assert [check["port"] for check in app["checks"].values()] == [port] * len(app["checks"])
    assert [metrics["port"] for metrics in app["metrics"]] == [port]
    assert set(app["processes"].values()) == {f"python -m {service}"}
    assert app["kill_signal"] == "SIGTERM"


@every_service
def test_fly_gives_an_address_to_the_web_parts_alone(service: str) -> None:
    web = service in {"ingest", "admin"}
    assert ("http_service" in fly(service)) is web
    assert set(fly(service)["processes"]) == {"web" if web else "worker"}
    if web:
        assert fly(service)["http_service"]["internal_port"] == PORTS[service]


# ── the tree ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_make_target_explains_itself() -> None:
    text = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"^\.PHONY: (\S+)$", text, re.M))
    assert named == set(re.findall(r"^([a-z-]+):.*## ", text, re.M))


def test_grafana_finds_its_dashboards_and_sources() -> None:
    """Each panel draws from a data source that is provisioned."""
    folder = ROOT / "deploy" / "grafana"
    sources = yaml.safe_load((folder / "provisioning" / "datasources" / "datasources.yaml").read_text())["datasources"]
    for file in (folder / "dashboards").glob("*.json"):
        panels = [panel for panel in json.loads(file.read_text())["panels"] if panel["type"] != "row"]
        assert {panel["datasource"]["uid"] for panel in panels} <= {source["uid"] for source in sources}


def test_scripts_can_be_run() -> None:
    """A script that lost its mode stops `make` on a clean clone."""
    assert all(os.access(ROOT / name, os.X_OK) for name in ("scripts/setup", ".ci/run"))
