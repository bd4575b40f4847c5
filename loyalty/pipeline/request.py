"""What is asked of a night, and whether it can be done, before anything is created."""

import os
from collections.abc import Iterable, Mapping
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
                is named, one is not declared, or its folder is empty and nothing was ever loaded.
            LandingAwayError: the folder of a source is not there or cannot be read.
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

    def check_landing(self) -> None:
        """Look whether each source's folder can be read now.

        Raises:
            LandingAwayError: one cannot, which may be otherwise in a minute: a share that is away.
        """
        for name, folder in self.sources.items():
            landing.require_readable(name, folder)

    def _check_sources(self, declarations: Mapping[str, SourceDeclaration]) -> None:
        for name in self.sources:
            if name not in declarations:
                raise UsageError(
                    f"source {name} is not declared; declared are: {', '.join(declarations)}"
                )
        self.check_landing()

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


def read_sources(words: Iterable[str], said_by: str = "--source") -> dict[str, Path]:
    """Return the folder of each source by its name, from `NAME=FOLDER` words.

    Raises:
        UsageError: a word is not of that form, or names a source again; `said_by` is named.
    """
    sources: dict[str, Path] = {}
    for word in words:
        name, is_given, folder = word.partition("=")
        if not (name and is_given and folder):
            raise UsageError(f"{said_by} {word}: write NAME=FOLDER, as in canonical=landing/shop")
        if name in sources:
            raise UsageError(f"{said_by} {name} is given twice; put its files in one folder")
        sources[name] = Path(folder).expanduser()
    return sources
