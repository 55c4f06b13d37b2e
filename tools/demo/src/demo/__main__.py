"""`make demo`: everything on this machine, a conversation, and then it is yours until Ctrl-C.

With ONCE=1 it ends after the conversation: status 0 when every message was answered, 1 when one was not. With
CLINICS_DIR or CLINIC_DEFAULT the clinics are one's own, and the conversation is left to you.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from clinic import ClinicError
from demo.clinics import Own, own_clinics
from demo.conversation import SCRIPT, Reply, play
from demo.stack import ADMIN_TOKEN, Stack


def main() -> int:
    """Run the demonstration; its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = os.environ.get("DEMO_DIR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    try:
        own = own_clinics(os.environ)
        print("Starting an embedded Redis, the simulator and the four services …", flush=True)
        environ = own.environ if own else {}
        with Stack(usual_ports=True, folder=Path(folder) if folder else None, environ=environ) as stack:
            return _show(stack, own)
    except (ClinicError, RuntimeError, TimeoutError) as error:
        print(f"\nThe demonstration could not start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def _show(stack: Stack, own: Own | None) -> int:
    status = _tell_of(own) if own else _talk(stack)
    if os.environ.get("ONCE", "") not in ("", "0"):
        return status
    _addresses(stack)
    threading.Event().wait()
    return 0


def _tell_of(own: Own) -> int:
    print(f"Ready. The clinics of {own.directory} answer; patients write to {', '.join(own.instances)}.")
    return 0


def _talk(stack: Stack) -> int:
    print("Ready. A conversation, as the patients see it:\n")
    replies = [_tell(reply) for reply in play(stack.url("simulator"))]
    missing = sum(reply.text is None for reply in replies)
    if missing:
        print(f"\n{missing} of {len(replies)} messages got no reply. The logs end with:", file=sys.stderr)
        for name, process in stack.processes.items():
            print(f"--- {name}\n{process.tail(8)}", file=sys.stderr)
    else:
        print(f"\nEvery message was answered: {len(replies)} of {len(SCRIPT)}.")
    return 1 if missing else 0


def _tell(reply: Reply) -> Reply:
    print(f"  {reply.turn.name}: {reply.turn.text}")
    said = (reply.text or "— no reply —").replace("\n", "\n      ")
    print(f"    → {said}   ({reply.seconds * 1000:.0f} ms)\n", flush=True)
    return reply


def _addresses(stack: Stack) -> None:
    print(
        f"""
Chat as a patient   {stack.url("simulator")}/
Sit at the desk     {stack.url("admin-0")}/   (log in with the token {ADMIN_TOKEN})
Stream health       curl -H 'Authorization: Bearer {ADMIN_TOKEN}' {stack.url("admin-0")}/admin/streams/health
Metrics             {stack.url("ingest-0")}/metrics  (each service has its own)
Redis               {stack.redis.url}
Logs                {stack.folder}

Ctrl-C ends it.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
