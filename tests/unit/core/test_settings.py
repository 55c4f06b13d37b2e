"""Does a wrong setting stop the service with one line that names it, and never tell a secret?"""

from pathlib import Path

import msgspec
import pytest

from shared.errors import SettingsError
from shared.settings import HttpUrl, Port, Secret, ServiceSettings, StreamSettings, load


class Own(ServiceSettings, frozen=True, kw_only=True, rename=str.upper):
    port: Port = 8003
    api_key: Secret
    gateway: HttpUrl = "http://localhost"
    rate: float = 1.0


GOOD = {"REDIS_URL": "redis://localhost:6379/0", "API_KEY": "s3cr3t"}


def said(environ: dict[str, str], kind: type[msgspec.Struct] = Own) -> str:
    with pytest.raises(SettingsError) as error:
        load(kind, environ)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_set_is_read_and_the_rest_has_defaults() -> None:
    found = load(Own, GOOD | {"PORT": "9000", "UNKNOWN": "x"})
    assert (found.redis_url, found.api_key, found.port, found.host) == (GOOD["REDIS_URL"], "s3cr3t", 9000, "127.0.0.1")
    assert load(StreamSettings, {}) == StreamSettings()
    assert load(StreamSettings, {"WA_STREAM_MAXLEN": "0"}).stream_maxlen == 0


def test_an_empty_variable_is_an_unset_one() -> None:
    assert load(Own, GOOD | {"PORT": "", "HOST": "  "}).port == 8003


@pytest.mark.parametrize("name", ["REDIS_URL", "API_KEY"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_a_missing_variable_is_named_with_both_ways_to_set_it(name: str, value: str | None) -> None:
    given = {k: v for k, v in GOOD.items() if k != name} | ({name: value} if value is not None else {})
    assert said(given).startswith(f"{name}: is required; set it, or {name}_FILE")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "web"), ("PORT", "-1"), ("PORT", "70000"), ("PORT", "80.5"), ("GATEWAY", "gateway:8080"),
     ("GATEWAY", "ftp://x"), ("RATE", "fast"), ("LOG_LEVEL", "LOUD"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")],
)  # fmt: skip
def test_a_wrong_value_is_named_and_shown(name: str, value: str) -> None:
    line = said(GOOD | {name: value})
    assert line.startswith(f"{name}: ")
    assert value in line


@pytest.mark.parametrize(
    ("name", "value"),
    [("WA_CONCURRENCY", "0"), ("WA_CONCURRENCY", "many"), ("WA_STREAM_MAXLEN", "-1"), ("WA_LEASE_MS", "299"),
     ("WA_STREAM_BLOCK_MS", "0"), ("WA_MAX_DELIVERIES", "0")],
)  # fmt: skip
def test_a_wrong_stream_setting_is_named(name: str, value: str) -> None:
    line = said({name: value}, StreamSettings)
    assert line.startswith(f"{name}: ")
    assert value in line


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1"])
def test_a_rate_is_a_number_of_this_world(value: str) -> None:
    from sender.settings import SenderSettings

    given = {"REDIS_URL": "redis://x", "EVOLUTION_SERVER_URL": "http://x", "EVOLUTION_API_KEY": "k"}
    for name in ("WA_TOKENS_PER_SECOND", "WA_RECIPIENT_TOKENS_PER_SECOND"):
        assert said(given | {name: value}, SenderSettings).startswith(f"{name}: ")


@pytest.mark.parametrize("url", ["localhost:6379", "http://redis", "redis://user:hunter2@redis:port/0"])
def test_a_wrong_address_of_redis_is_named_without_its_password(url: str) -> None:
    line = said(GOOD | {"REDIS_URL": url})
    assert line.startswith("REDIS_URL: ")
    assert "hunter2" not in line


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    assert said(GOOD | {"API_KEY_FILE": str(tmp_path / "key")}).startswith("API_KEY")
    assert "s3cr3t" not in said(GOOD | {"PORT": "x"})


def test_a_file_goes_before_its_variable(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")
    assert load(Own, GOOD | {"API_KEY_FILE": str(tmp_path / "key")}).api_key == "from a file"
    (tmp_path / "port").write_text("9001")
    assert load(Own, GOOD | {"PORT_FILE": str(tmp_path / "port")}).port == 9001


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert said(GOOD | {"API_KEY_FILE": str(tmp_path / "none")}).startswith(f"API_KEY_FILE: {tmp_path / 'none'} cannot")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    assert said(GOOD | {"API_KEY_FILE": str(tmp_path / "bytes")}).startswith("API_KEY_FILE: ")
    assert said(GOOD | {"API_KEY_FILE": str(tmp_path)}).startswith("API_KEY_FILE: ")


@pytest.mark.parametrize("url", ["redis://:hunter2@redis:99999", "redis://:hunter2@redis?socket_timeout=soon"])
def test_an_address_that_cannot_be_used_stops_the_service_too(url: str) -> None:
    from shared.service.platform import new_platform

    with pytest.raises(SettingsError, match=r"^REDIS_URL: ") as error:
        new_platform("sender", load(Own, GOOD | {"REDIS_URL": url}), StreamSettings())
    assert "hunter2" not in str(error.value)
