"""Where the project lies and what its dbt project file says."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT_FOLDER = Path(__file__).resolve().parent.parent


@cache
def project_file() -> dict[str, Any]:
    """Return the content of `dbt_project.yml`."""
    content: dict[str, Any] = yaml.safe_load((PROJECT_FOLDER / "dbt_project.yml").read_text())
    return content


def business_time_zone() -> str:
    """Return the IANA name of the zone in which days, weeks and months are cut."""
    return str(project_file()["vars"]["business_time_zone"])
