"""A signal that dbt took for the end of its own command ends the build."""

import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from loyalty import signals
from loyalty.build import dbt_runs
from loyalty.build.dbt_runs import Dbt
from loyalty.warehouse import Warehouse


def test_no_command_follows_one_that_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = Warehouse(tmp_path)
    house.prepare()
    cancelled = SimpleNamespace(
        exception=None, result=SimpleNamespace(results=[], elapsed_time=1.0)
    )

    def invoke(*_: object) -> SimpleNamespace:
        monkeypatch.setattr(signals, "_asked", [signal.SIGTERM])
        return cancelled

    monkeypatch.setattr(dbt_runs, "invoke", invoke)
    with pytest.raises(signals.Stopped):
        Dbt(house, "night", lambda line: None).run("run")
