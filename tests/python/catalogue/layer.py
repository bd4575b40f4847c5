"""The semantic layer on a built warehouse, in a project folder, a home and a target of its own."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agreement.houses import House
from dbt.contracts.graph.semantic_manifest import SemanticManifest

from loyalty.build.manifests import project_manifest
from loyalty.project import PROJECT_FOLDER

BIN = Path(sys.executable).parent
QUERIES = Path(__file__).with_name("many_queries.py")
READ_BY_DBT = ("dbt_project.yml", "macros", "models", "profiles", "seeds", "tests")
Question = tuple[list[str], list[str], str | None]
Answer = list[dict[str, Any]]


class Layer:
    """What `mf` and dbt find in `folder`; nothing of it is shared with the checkout's target."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.project = folder / "project"
        self.home = folder / "home"
        self.home.mkdir()
        (self.project / "target").mkdir(parents=True)
        for name in READ_BY_DBT:
            (self.project / name).symlink_to(PROJECT_FOLDER / name)
        # dbt holds the database open in this process, so another one reads a copy.
        private = folder / "warehouse" / "private"
        private.mkdir(parents=True)
        for file in house.warehouse.private.glob("build.duckdb*"):
            shutil.copy2(file, private)
        self.manifest = project_manifest()
        SemanticManifest(self.manifest).write_json_to_file(
            str(self.project / "target" / "semantic_manifest.json")
        )
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DBT_", "LOYALTY_", "XDG_"))
        } | {
            "HOME": str(self.home),
            "LOYALTY_WAREHOUSE": str(folder / "warehouse"),
            "DBT_PROFILES_DIR": str(self.project / "profiles"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }

    def mf(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command as a user does, in the project's folder."""
        return self._run([str(BIN / "mf"), *words])

    def mf_query(self, metrics: Iterable[str], group_by: Iterable[str]) -> Answer:
        """Rows of one `mf query`; numbers as they stand in its CSV."""
        answer = self.project / "answer.csv"
        words = ["--metrics", ",".join(metrics), "--group-by", ",".join(group_by)]
        done = self.mf("query", *words, "--csv", str(answer))
        assert done.returncode == 0, done.stdout + done.stderr
        with answer.open(newline="") as file:
            return [
                {key: _read(key, cell) for key, cell in row.items()} for row in csv.DictReader(file)
            ]

    def ask(self, questions: list[Question]) -> list[Answer]:
        """Answers of many questions, all in one process."""
        done = self._run([sys.executable, str(QUERIES), str(self.project)], json.dumps(questions))
        assert done.returncode == 0, done.stdout + done.stderr
        answers: list[Answer] = json.loads(done.stdout)
        return answers

    def _run(self, words: list[str], standard_input: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            input=standard_input,
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


def _read(column: str, cell: str) -> Any:
    if column.startswith("metric_time"):
        return cell[:10]
    if not cell:
        return None
    try:
        return float(cell)
    except ValueError:
        return cell
