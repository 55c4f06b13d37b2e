"""`frontdesk`: the command line. Exit status 0 done, 1 refused or not well, 2 used wrongly, 3 not reachable."""

import io
import sys

from frontdesk.app import app
from frontdesk.failures import Refused, Unreachable
from frontdesk.show import complain, fit

WHERE = "Is the admin service running there? `--url` or FRONTDESK_URL says where it is."


def main() -> None:
    """Run one command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    fit()
    try:
        app(prog_name="frontdesk")
    except Refused as refused:
        complain(refused.detail, refused.hint)
        sys.exit(1)
    except Unreachable as error:
        complain(str(error), error.hint or WHERE)
        sys.exit(3)
    except OSError as error:
        complain(f"this machine did not do it: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
