"""prefect.yaml against a real server: the deployment is registered and runs once, to its end."""

from pathlib import Path

from loyalty import publication
from loyalty.warehouse import Warehouse


def test_a_real_server_runs_the_deployment_once(prefect_server, shop: Path, tmp_path: Path) -> None:
    house = Warehouse(tmp_path / "warehouse")
    prefect_server.command("work-pool", "create", "loyalty", "--type", "process")
    prefect_server.command("deploy", "--all")

    deployment = prefect_server.call("GET", "/deployments/name/nightly/nightly")
    (schedule,) = deployment["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["timezone"] == "Europe/Stockholm"
    assert deployment["parameters"]["sources"] == {"canonical": "landing/canonical"}
    assert deployment["parameters"]["warehouse"] == prefect_server.environment["LOYALTY_WAREHOUSE"]

    run = prefect_server.call(
        "POST",
        f"/deployments/{deployment['id']}/create_flow_run",
        {
            "parameters": {
                "sources": {"canonical": str(shop)},
                "warehouse": str(house.folder),
            }
        },
    )
    printed = prefect_server.command(
        "worker", "start", "--pool", "loyalty", "--run-once", "--install-policy", "never",
        seconds=240,
    )  # fmt: skip

    state = prefect_server.call("GET", f"/flow_runs/{run['id']}")["state"]
    assert state["type"] == "COMPLETED", f"{state}\n{printed}"
    generation = publication.read_generation(house.published_link)
    pages = prefect_server.call("POST", "/artifacts/filter", {})
    page = next(page["data"] for page in pages if page["key"] == "nightly-results")
    assert generation.name in page
    assert "| canonical.orders |" in page
