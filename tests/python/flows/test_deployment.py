"""prefect.yaml against a real server: what it deploys for a warehouse, and a run to its end."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults.deployments import Deployment
from faults.prefect_server import PREFECT, PrefectServer

from loyalty import publication
from loyalty.landing import SYNTHETIC_MARKER
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse


def test_a_real_server_runs_the_deployment_once(
    prefect_server: PrefectServer, shop: Path, tmp_path: Path
) -> None:
    house = Warehouse(tmp_path / "Shop Nord")
    # Real people's data: without the secret of the block, nothing may be loaded.
    landing = tmp_path / "landing"
    shutil.copytree(shop, landing)
    (landing / SYNTHETIC_MARKER).unlink()
    _save_secret(prefect_server, "shop-secrets", {"LOYALTY_HASH_KEY": "a-secret-of-this-test"})
    prefect_server.environment["LOYALTY_SECRETS_BLOCK"] = "shop-secrets"
    here = Deployment.of(prefect_server, house, landing)
    del prefect_server.environment["LOYALTY_SECRETS_BLOCK"]

    deployment = prefect_server.call("GET", f"/deployments/name/nightly/{here.name}")
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"]["timezone"] == "Europe/Stockholm"
    assert deployment["parameters"]["sources"] == {"canonical": str(landing)}
    assert deployment["parameters"]["secrets"] == "shop-secrets"
    assert "a-secret-of-this-test" not in str(deployment)
    assert deployment["parameters"]["warehouse"] == str(house.folder)
    assert deployment["tags"] == ["loyalty", "warehouse:Shop Nord"]
    described = deployment["parameter_openapi_schema"]["properties"]
    assert all(parameter.get("description") for parameter in described.values()), described

    run = here.start()
    printed = prefect_server.command(
        "worker", "start", "--pool", "loyalty", "--run-once", "--install-policy", "never",
        seconds=400,
    )  # fmt: skip

    assert run.state == "COMPLETED", f"{run.message}\n{printed}"
    generation = publication.read_generation(house.published_link)
    pages = prefect_server.call("POST", "/artifacts/filter", {})
    page = next(page["data"] for page in pages if page["key"] == "results-shop-nord")
    assert generation.name in page
    assert "| canonical.orders |" in page


def test_without_a_warehouse_the_default_is_deployed_and_said(
    prefect_server: PrefectServer, tmp_path: Path
) -> None:
    prefect_server.command("work-pool", "create", "loyalty", "--type", "process", "--overwrite")
    said = prefect_server.command("deploy", "--all", LOYALTY_WAREHOUSE="")
    folder = PROJECT_FOLDER / "warehouse"
    assert "LOYALTY_WAREHOUSE is not set" in said
    deployment = prefect_server.call("GET", "/deployments/name/nightly/warehouse")
    assert deployment["parameters"]["warehouse"] == str(folder)
    assert deployment["parameters"]["sources"] == {
        "canonical": str(PROJECT_FOLDER / "landing" / "canonical")
    }

    # Another warehouse whose folder has the same name does not take its place.
    other = tmp_path / "warehouse"
    refused = _deploy(prefect_server, LOYALTY_WAREHOUSE=str(other))
    said = " ".join((refused.stdout + refused.stderr).split())
    assert refused.returncode != 0
    assert "LOYALTY_DEPLOYMENT" in said
    assert "Traceback" not in said
    assert (
        _deploy(prefect_server, LOYALTY_WAREHOUSE=str(other), LOYALTY_DEPLOYMENT="other").returncode
        == 0
    )
    again = prefect_server.call("GET", "/deployments/name/nightly/warehouse")
    assert again["parameters"]["warehouse"] == str(folder)


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("missing", "there is no Secret block named missing"),
        ("a-text", "the Secret block a-text must hold a JSON object"),
        ("a-path", "the Secret block a-path must hold a JSON object"),
    ],
)
def test_a_secret_block_that_does_not_fit_is_named(
    prefect_server: PrefectServer, block: str, sentence: str
) -> None:
    _save_secret(prefect_server, "a-text", "only a text")
    _save_secret(prefect_server, "a-path", {"PATH": "/elsewhere"})
    taken = _python(
        prefect_server, f"from flows.secrets import take_secrets; take_secrets({block!r})"
    )
    assert taken.returncode == 1
    assert f"UsageError: {sentence}" in taken.stderr


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ('canonical="landing', "LOYALTY_SOURCES cannot be read: No closing quotation"),
        ("landing/canonical", "LOYALTY_SOURCES landing/canonical: write NAME=FOLDER"),
    ],
)
def test_sources_that_cannot_be_read_are_refused_in_a_sentence(
    prefect_server: PrefectServer, sources: str, sentence: str
) -> None:
    prefect_server.command("work-pool", "create", "loyalty", "--type", "process", "--overwrite")
    refused = _deploy(prefect_server, LOYALTY_SOURCES=sources)
    said = " ".join((refused.stdout + refused.stderr).split())
    assert refused.returncode != 0
    assert sentence in said
    assert "Traceback" not in said


def _save_secret(server: PrefectServer, name: str, value: object) -> None:
    saved = _python(
        server,
        "from prefect.blocks.system import Secret; "
        f"Secret(value={value!r}).save({name!r}, overwrite=True)",
    )
    assert saved.returncode == 0, saved.stderr


def _python(server: PrefectServer, program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_FOLDER,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _deploy(server: PrefectServer, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PREFECT, "deploy", "--all"],
        cwd=PROJECT_FOLDER,
        env=os.environ | server.environment | variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
