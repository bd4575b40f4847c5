"""Where the project lies and what its dbt project file says."""

import hashlib
from collections.abc import Iterable, Iterator
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


def landed_sources(folder: Path = PROJECT_FOLDER) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every source that is declared below `models/staging` and landed, as it is written.

    A source without `config.meta.landing` is not landed (the warehouse's own tables).
    """
    for path in sorted((folder / "models" / "staging").glob("*/_*__sources.yml")):
        for content in (yaml.safe_load(path.read_text()) or {}).get("sources", []):
            if "landing" in meta(content):
                yield path, content


def meta(content: dict[str, Any]) -> dict[str, Any]:
    """Return what stands under `config.meta` of a source, a table or a column."""
    found: dict[str, Any] = (content.get("config") or {}).get("meta") or {}
    return found


def business_time_zone() -> str:
    """Return the IANA name of the zone in which days, weeks and months are cut."""
    return str(project_file()["vars"]["business_time_zone"])


def files_fingerprint(patterns: Iterable[str]) -> str:
    """Return a name for the content of all files of the project that fit the patterns."""
    digest = hashlib.sha256()
    found = {path for pattern in patterns for path in PROJECT_FOLDER.glob(pattern)}
    for path in sorted(path for path in found if path.is_file()):
        digest.update(str(path.relative_to(PROJECT_FOLDER)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
