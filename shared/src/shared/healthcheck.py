"""Is the service in this container alive? For a HEALTHCHECK: exits 0 when /livez answers, 1 when it does not.

Engines ask every few seconds, so it stands outside of the service's package and loads nothing but the standard library.
"""

import os
import sys
import urllib.request

TIMEOUT_S = 3


def main() -> int:
    """Ask the service on PORT of this machine."""
    url = f"http://127.0.0.1:{os.environ['PORT']}/livez"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
