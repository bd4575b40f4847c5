"""A Prefect server of the tests' own: on a loopback port, with a home of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loyalty.project import PROJECT_FOLDER

# How long its SQLite may keep others waiting; Prefect's own client asks a busy server again too.
BUSY_SECONDS = 90
PREFECT = [str(Path(sys.executable).parent / "prefect"), "--no-prompt"]


@dataclass
class PrefectServer:
    """A running server, and what a command needs in its environment to find it."""

    environment: dict[str, str]
    log: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the server and wait until it answers."""
        words = ("server", "start", "--host", "127.0.0.1", "--port", str(self.port), "--no-ui")
        self.process = self.start(*words, environment=self.environment)
        _wait(self, self.process)

    def stop(self) -> None:
        """Stop the server, as a machine that goes down does."""
        assert self.process is not None
        _end(self.process)

    def command(self, *words: str, seconds: float = 120, **variables: str) -> str:
        """Run `prefect …` in the project's folder and return what it printed."""
        done = subprocess.run(
            [*PREFECT, *words],
            cwd=PROJECT_FOLDER,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def deploy(self, warehouse: Path, landing: Path) -> str:
        """Deploy prefect.yaml for a warehouse, as docs/operations.md says, and return its name."""
        if not self.call("POST", "/work_pools/filter", {}):
            self.command("work-pool", "create", "loyalty", "--type", "process")
        folders = {
            "LOYALTY_WAREHOUSE": str(warehouse),
            "LOYALTY_SOURCES": f"canonical={landing}",
        }
        self.command("deploy", "--all", **folders)
        return warehouse.name

    def flow_runs(self, deployment: str, **filters: Any) -> list[dict[str, Any]]:
        """Return the runs of a deployment (`flow/name`), newest start last."""
        found = self.call("GET", f"/deployments/name/{deployment}")["id"]
        of_it = {"deployments": {"id": {"any_": [found]}}, "sort": "EXPECTED_START_TIME_ASC"}
        runs: list[dict[str, Any]] = self.call("POST", "/flow_runs/filter", of_it | filters)
        return runs

    @contextmanager
    def worker(self, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        """Let a worker serve the pool until the context ends."""
        process = self.start(
            *("worker", "start", "--pool", "loyalty", "--install-policy", "never"),
            environment=self.environment | variables,
        )
        try:
            yield process
        finally:
            _end(process)

    def start(self, *words: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start `prefect …` in the project's folder; what it prints goes to the server's log."""
        with self.log.open("a") as log:
            return subprocess.Popen(
                [*PREFECT, *words],
                cwd=PROJECT_FOLDER,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the server's own interface."""
        url = f"{self.environment['PREFECT_API_URL']}{path}"
        is_read = method == "GET" or path.endswith("/filter")
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                response = httpx.request(method, url, json=body, timeout=30)
            except httpx.TimeoutException:
                # What only reads may be asked again; anything else may have been done.
                if not is_read or time.monotonic() > end:
                    raise
            else:
                is_busy = response.status_code == httpx.codes.SERVICE_UNAVAILABLE
                if not is_busy or time.monotonic() > end:
                    break
            time.sleep(1)
        response.raise_for_status()
        return response.json() if response.content else None


def wait_for(condition: Callable[[], object], what: str, seconds: float = 240) -> None:
    """Wait until the condition holds.

    Raises:
        AssertionError: it did not in that time; `what` is named.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.5)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def prefect_server(folder: Path, **variables: str) -> Iterator[PrefectServer]:
    """Serve until the context ends; all that the server keeps lies in `folder`."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if "PREFECT" not in name} | {
        "HOME": str(folder),
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "LOYALTY_WAREHOUSE": str(folder / "warehouse"),
        **variables,
    }
    server = PrefectServer(environment, folder / "server.log", port)
    server.begin()
    try:
        yield server
    finally:
        server.stop()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(server: PrefectServer, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            server.call("GET", "/health")
        except httpx.HTTPError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"no Prefect server within {seconds} s:\n{server.log.read_text()}")
