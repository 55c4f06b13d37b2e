"""Does any file name a place that only some machines have: a package registry's host, a folder of one machine?

Where packages come from is each machine's own setting (pip's, uv's, apt's); a file
that names it breaks on the next one.
"""

import subprocess
import sys
from pathlib import Path

# Put together here, so that this file does not name them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("registry-1", "docker", "io"),
        ("hub", "docker", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("crates", "io"),
        ("unpkg", "com"),
        ("cdn", "jsdelivr", "net"),
    )
]
FOLDERS = ["/".join(("", *parts)) for parts in (("work", "main"), ("work", "shared"), ("opt", "wheels"))]


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return [Path(name) for name in listed.stdout.decode().split("\0") if name and Path(name).is_file()]


def findings(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    return [f"{path}: names {word}" for word in HOSTS + FOLDERS if word in text]


def main() -> int:
    found = [line for path in files() for line in findings(path)]
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
