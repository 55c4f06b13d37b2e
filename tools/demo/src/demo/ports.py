"""Which ports are free?"""

import random
import socket

TRIES = 100
OURS = (20_000, 32_000)  # below those that systems give to outgoing calls: one of these is free again after a restart


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else any free port of 127.0.0.1."""
    for port in (wanted or random.randint(*OURS), *(random.randint(*OURS) for _ in range(TRIES))):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")
