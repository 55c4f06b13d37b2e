"""Does each service work with nothing but what its own lock installs?

For every service named: an environment from its requirements.lock, then our own libraries and the service without
dependencies, then the test runner at the versions of requirements-dev.lock. Its own unit tests run there. What only
works because a neighbour's dependency happens to be installed fails here.
"""

# ruff: noqa: T201
import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
RUNNER = ["pytest", "pytest-asyncio", "pytest-timeout", "pytest-aiohttp"]


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, cwd=ROOT, env={**os.environ, **(env or {})}).returncode  # noqa: S603


def must(*command: str | Path, env: dict[str, str] | None = None) -> None:
    if code := run(*command, env=env):
        sys.exit(code)


def libraries(service: Path) -> list[Path]:
    """The folders of our own packages that it stands on."""
    sources = tomllib.loads((service / "pyproject.toml").read_text())["tool"]["uv"]["sources"]
    return [(service / source["path"]).resolve() for source in sources.values()]


def fingerprint(service: Path) -> str:
    inputs = [
        service / "requirements.lock",
        service / "pyproject.toml",
        *(library / "pyproject.toml" for library in libraries(service)),
        ROOT / "requirements-dev.lock",
        Path(__file__),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()


def environment(service: Path) -> Path:
    """The service's own environment, made again only when an input of it changed."""
    home = ROOT / ".run" / "services" / service.name
    stamp = home / "ready"
    if not (stamp.exists() and stamp.read_text() == fingerprint(service)):
        env = {"VIRTUAL_ENV": str(home), "UV_PYTHON_DOWNLOADS": "0"}
        must(UV, "venv", "--quiet", "--clear", "--python", sys.executable, home)
        must(UV, "pip", "sync", "--quiet", "--require-hashes", service / "requirements.lock", env=env)
        own = [f"--editable={folder}" for folder in (*libraries(service), service)]
        build: list[str | Path] = ["--build-constraints", ROOT / "requirements-build.lock"]
        must(UV, "pip", "install", "--quiet", "--no-deps", *build, *own, env=env)
        must(UV, "pip", "install", "--quiet", "--constraints", ROOT / "requirements-dev.lock", *RUNNER, env=env)
        stamp.write_text(fingerprint(service))
    return home / "bin" / "python"


def check(service: Path) -> int:
    python = environment(service)
    print(f"── {service.name}, alone", flush=True)
    must(python, "-c", f"import {service.name}")
    if not any((service / "tests").rglob("test_*.py")):
        print("   no unit tests of its own")
        return 0
    return run(python, "-m", "pytest", service / "tests")


def main(names: list[str]) -> int:
    codes = [check(ROOT / "services" / name) for name in names]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
