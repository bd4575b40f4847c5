"""A Prefect server of the tests' own: on a loopback port, with a home of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loyalty.project import PROJECT_FOLDER

PREFECT = [str(Path(sys.executable).parent / "prefect"), "--no-prompt"]


@dataclass
class PrefectServer:
    """A running server, and what a command needs in its environment to find it."""

    environment: dict[str, str]
    log: Path

    def command(self, *words: str, seconds: float = 120) -> str:
        """Run `prefect …` in the project's folder and return what it printed."""
        done = subprocess.run(
            [*PREFECT, *words],
            cwd=PROJECT_FOLDER,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

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
        response = httpx.request(method, url, json=body, timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectServer]:
    """Serve until the context ends; all that the server keeps lies in `folder`."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if "PREFECT" not in name} | {
        "HOME": str(folder),
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "LOYALTY_WAREHOUSE": str(folder / "warehouse"),
    }
    server = PrefectServer(environment, folder / "server.log")
    with server.log.open("w") as log:
        process = subprocess.Popen(
            [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


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
