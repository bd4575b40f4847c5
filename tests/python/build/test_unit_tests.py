"""The models' own unit tests, all of them: dbt runs them in a warehouse that is built."""

from __future__ import annotations

import pytest
from agreement.houses import House
from dbt.cli.main import dbtRunner

from loyalty.build.manifests import project_manifest
from loyalty.project import PROJECT_FOLDER

pytest_plugins = ["agreement.fixtures"]


def test_every_unit_test_passes(nasty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = nasty_house.warehouse
    monkeypatch.setenv("LOYALTY_WAREHOUSE", str(warehouse.folder))
    manifest = project_manifest()
    places = {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        "--target-path": warehouse.target,
        "--log-path": warehouse.private / "logs",
    }
    options = [str(word) for pair in places.items() for word in pair]
    words = ["test", "--select", "test_type:unit", "--quiet", "--no-write-json", *options]
    done = dbtRunner(manifest=manifest).invoke(words)
    assert done.exception is None
    results = {node.node.name: node for node in done.result.results}
    failed = {name: node.message for name, node in results.items() if node.status != "pass"}
    assert failed == {}
    assert len(results) == len(manifest.unit_tests) > 0
