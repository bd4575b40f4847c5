"""What is asked of a night, and whether it can be done, before anything is created."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from loyalty import landing, notifications, settings
from loyalty.catalogue.indicators import check_catalogue
from loyalty.declarations import SourceDeclaration, read_declarations
from loyalty.errors import UsageError
from loyalty.warehouse import Warehouse, memory


@dataclass(frozen=True)
class NightRequest:
    """What is asked of a night; `as_of` None means the day before the newest order's.

    `attempt` is the name that an orchestrator has for it.
    """

    warehouse: Warehouse
    sources: Mapping[str, Path]
    as_of: date | None = None
    is_full_refresh: bool = False
    is_parquet: bool = False
    is_postgres: bool = False
    is_profile: bool = False
    attempt: str | None = None

    def check(self) -> dict[str, SourceDeclaration]:
        """Return the declarations; nothing is created.

        Raises:
            UsageError: a variable is missing or makes no sense, or the catalogue does; no source
                is named, one is not declared, its folder is not there, or is empty and nothing
                was ever loaded.
        """
        declarations = self._check_settings()
        if not self.sources:
            raise UsageError("name at least one source: --source NAME=FOLDER")
        self._check_sources(declarations)
        if not self.warehouse.build_database.exists() and self.warehouse.archive.is_empty:
            self._check_files(declarations)
        landing.hash_key(os.environ, list(self.sources.values()))
        return declarations

    def _check_settings(self) -> dict[str, SourceDeclaration]:
        settings.kept_generations()
        settings.time_limit()
        memory.check()
        notifications.check_hooks()
        check_catalogue()
        if self.is_postgres:
            from loyalty.exports import postgres

            postgres.dsn_from_environment()
        return read_declarations()

    def _check_sources(self, declarations: Mapping[str, SourceDeclaration]) -> None:
        for name, folder in self.sources.items():
            if name not in declarations:
                raise UsageError(
                    f"source {name} is not declared; declared are: {', '.join(declarations)}"
                )
            if not folder.is_dir():
                raise UsageError(f"source {name}: there is no folder {folder}")

    def _check_files(self, declarations: Mapping[str, SourceDeclaration]) -> None:
        found = (
            landing.find_files(declarations[name], folder).files
            for name, folder in self.sources.items()
        )
        if not any(found):
            raise UsageError(nothing_to_load(self.sources, declarations))


def nothing_to_load(
    sources: Mapping[str, Path], declarations: Mapping[str, SourceDeclaration]
) -> str:
    """Return in words where files were looked for and how they should be named."""
    places = (
        f"{folder} ({', '.join(t.file_pattern for t in declarations[name].tables.values())})"
        for name, folder in sources.items()
    )
    return f"nothing to load in {'; '.join(places)}: files end in .csv, .csv.gz, .parquet or .jsonl"
