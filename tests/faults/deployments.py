"""One warehouse's deployment on a real Prefect server: its runs started, watched and disturbed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.prefect_server import PrefectServer, wait_for
from loyalty import notifications
from loyalty.warehouse import Warehouse

FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
# A worker that looks for work often, and runs whose log is on the server soon.
QUICK = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.5",
}


@dataclass
class Run:
    """A flow run, seen from outside."""

    server: PrefectServer
    house: Warehouse
    id: str

    @property
    def state(self) -> str:
        """Return the type of its state now, as COMPLETED."""
        return str(self._read()["state"]["type"])

    @property
    def message(self) -> str:
        """Return what its state says."""
        return str(self._read()["state"]["message"])

    @property
    def name(self) -> str:
        """Return what the server calls it."""
        return str(self._read()["name"])

    def lines(self) -> list[str]:
        """Return the lines of its log on the server, the first 200 of them."""
        of_it = {"logs": {"flow_run_id": {"any_": [self.id]}}, "limit": 200}
        return [line["message"] for line in self.server.call("POST", "/logs/filter", of_it)]

    def await_line(self, text: str) -> "Run":
        """Wait until a line of its log holds the text."""
        self._wait(lambda: any(text in line for line in self.lines()), f"the line {text!r}")
        return self

    def await_build(self) -> int:
        """Wait until it builds models and return the process that does."""
        self.await_line("model ")
        holder = self.house.holder()
        assert holder is not None
        return holder.process

    def await_end(self) -> str:
        """Wait for a final state and return its type."""
        self._wait(lambda: self.state in FINAL, "an end")
        return self.state

    def await_begin(self) -> "Run":
        """Wait until the warehouse says that it runs."""

        def is_running() -> bool:
            begun = notifications.running(self.house)
            return bool(begun and begun.attempt == self.id)

        self._wait(is_running, "a beginning")
        return self

    def cancel(self) -> None:
        """Cancel it, as the button on Prefect's pages does."""
        body = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": False}
        self.server.call("POST", f"/flow_runs/{self.id}/set_state", body)

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.call("GET", f"/flow_runs/{self.id}")
        return found

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        wait_for(condition, f"{what} of the run {self.id}", 400)


@dataclass
class Deployment:
    """`nightly` and `watch` of one warehouse on a server."""

    server: PrefectServer
    house: Warehouse
    landing: Path
    name: str

    @classmethod
    def of(cls, server: PrefectServer, house: Warehouse, landing: Path) -> "Deployment":
        """Deploy prefect.yaml for a warehouse; its schedules rest."""
        name = server.deploy(house.folder, landing)
        for flow in ("nightly", "watch"):
            found = server.call("GET", f"/deployments/name/{flow}/{name}")
            server.call("PATCH", f"/deployments/{found['id']}", {"paused": True})
        return cls(server, house, landing, name)

    def start(
        self,
        flow: str = "nightly",
        job_variables: dict[str, Any] | None = None,
        **parameters: Any,
    ) -> Run:
        """Ask for a run now, with other parameters or job variables than the deployment's."""
        deployment = self.server.call("GET", f"/deployments/name/{flow}/{self.name}")
        body = {
            "parameters": parameters,
            "job_variables": job_variables or {},
            "enforce_parameter_schema": False,
        }
        path = f"/deployments/{deployment['id']}/create_flow_run"
        return Run(self.server, self.house, str(self.server.call("POST", path, body)["id"]))
