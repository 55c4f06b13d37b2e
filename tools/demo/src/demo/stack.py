"""What runs where? A Redis, the simulator and any number of replicas of the four services, on free ports."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from demo.http import is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.redis import EmbeddedRedis

ROOT = Path(__file__).resolve().parents[4]
PORTS = {"ingest": 8001, "responder": 8002, "sender": 8003, "admin": 8004, "simulator": 8080}
WEBHOOK_TOKEN = "demo-webhook-token"
ADMIN_TOKEN = "demo-admin-token"
API_KEY = "demo-key"


class Stack:
    """Everything on this machine.

    `replicas` says how many of each service, `environ` reaches all of them, and `modules` names another program to
    run in a service's stead.
    """

    def __init__(
        self,
        *,
        replicas: Mapping[str, int] | None = None,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
        usual_ports: bool = False,
        redis: EmbeddedRedis | None = None,
        modules: Mapping[str, str] | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="frontdesk-") if folder is None else None
        self.folder = folder or Path(self._temporary.name if self._temporary else ".")
        self.redis = redis or EmbeddedRedis(self.folder)
        self._environ = dict(environ or {})
        self._modules = dict(modules or {})
        self._usual = usual_ports
        counts = {"ingest": 1, "responder": 1, "sender": 1, "admin": 1, **(replicas or {})}
        self.simulator_port = self._port("simulator")
        self._ports = {f"{name}-{n}": self._port(name, n) for name, count in counts.items() for n in range(count)}
        self.processes: dict[str, Process] = {}

    def _port(self, name: str, n: int = 0) -> int:
        return free_port(PORTS[name] if self._usual and n == 0 else 0)

    def url(self, name: str) -> str:
        """Where a process is reached: `simulator`, `ingest-0`, `admin-0` …"""
        port = self.simulator_port if name == "simulator" else self._ports[name]
        return f"http://127.0.0.1:{port}"

    def start(self) -> "Stack":
        """Start everything and wait until it is ready."""
        self.redis.start()
        self._launch("simulator", "simulator", self._for_simulator(), self.simulator_port)
        for name, port in self._ports.items():
            service = name.rpartition("-")[0]
            self._launch(name, self._modules.get(service, service), self._for_service(), port)
        for name in ("simulator", *self._ports):
            self.wait_ready(name)
        return self

    def _launch(self, name: str, module: str, environ: Mapping[str, str], port: int) -> None:
        settings = {**environ, "PORT": str(port), "HOST": "127.0.0.1", "STACK_NAME": name}
        process = Process.python(name, module, settings, self.folder / f"{name}.log", ROOT)
        self.processes[name] = process
        process.start()

    def _for_simulator(self) -> dict[str, str]:
        ingests = [self.url(name) for name in self._ports if name.startswith("ingest")]
        return {
            "EVOLUTION_API_KEY": API_KEY,
            "WEBHOOK_URL": ",".join(f"{url}/webhooks/evolution" for url in ingests),
            "WEBHOOK_TOKEN": WEBHOOK_TOKEN,
            **{name: value for name, value in self._environ.items() if name in _SIMULATOR_KNOWS},
        }

    def _for_service(self) -> dict[str, str]:
        return {
            "REDIS_URL": self.redis.url,
            "EVOLUTION_SERVER_URL": self.url("simulator"),
            "EVOLUTION_API_KEY": API_KEY,
            "WEBHOOK_TOKEN": WEBHOOK_TOKEN,
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "CLINICS_DIR": str(ROOT / "clinics"),
            **self._environ,
        }

    def wait_ready(self, name: str, timeout: float = 60.0) -> None:
        """Wait until a process answers. Raises TimeoutError with the end of its log."""
        path = "/livez" if name == "simulator" else "/readyz"
        process = self.processes[name]
        wait_until(lambda: is_up(self.url(name) + path) or not process.alive, f"{name} to start", timeout=timeout)
        if not process.alive:
            raise RuntimeError(f"{name} ended at its start:\n{process.tail()}")

    def restart(self, name: str) -> None:
        """Start a process that ended, on its port, and wait until it is ready."""
        self.processes[name].start()
        self.wait_ready(name)

    def stop(self) -> None:
        """End everything, in reverse."""
        for process in reversed(self.processes.values()):
            process.stop()
        self.redis.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> "Stack":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_error: object) -> None:
        self.stop()


_SIMULATOR_KNOWS = frozenset(
    {"INSTANCES", "EVOLUTION_VERSION", "RETRY_SCALE", "SEED", "ACKS", "ACK_DELAY_MS", "WEBHOOK_AUTH"}
)
