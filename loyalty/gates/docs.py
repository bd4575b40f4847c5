"""Great Expectations' own static site of the last nights' results.

The results that the pages are made from lie beside them, in `.results`, so that a night renders
only its own and the site keeps a bounded number of nights.
"""

import importlib
import json
from copy import deepcopy
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    expectationSuiteValidationResultSchema,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

from loyalty.gates.report import GateReport

SITE = "loyalty"


def write(folder: Path, night_id: str, reports: list[GateReport], kept_nights: int) -> Path:
    """Render the night's results, forget the oldest nights, and return the first page."""
    # A gate that failed before its suite was read has not made our own expectations known.
    importlib.import_module("loyalty.gates.custom")
    _forget_unfinished(folder / ".results" / "validations")
    context = _context(folder)
    run = RunIdentifier(run_name=night_id, run_time=datetime.now(UTC))
    keys = [
        _store(context, run, page, report.batch_id)
        for report in reports
        for page in (report.pages or (_page_of_failed_gate(report),))
    ]
    _forget_old(context.validation_results_store, kept_nights)
    # A list that is empty would mean all pages.
    context.build_data_docs(resource_identifiers=keys or [run], site_names=[SITE])
    return _add_plain_list(folder / "index.html", context.validation_results_store)


def _context(folder: Path) -> Any:
    def store(kind: str, name: str) -> dict[str, Any]:
        return {"class_name": kind, "store_backend": _files(folder / ".results" / name)}

    memory = {"store_backend": {"class_name": "InMemoryStoreBackend"}}
    config = DataContextConfig(
        config_version=4,
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        expectations_store_name="expectations",
        validation_results_store_name="validations",
        checkpoint_store_name="checkpoints",
        stores={
            "expectations": store("ExpectationsStore", "expectations"),
            "validations": store("ValidationResultsStore", "validations"),
            "checkpoints": {"class_name": "CheckpointStore", **memory},
            "validation_definition_store": {"class_name": "ValidationDefinitionStore", **memory},
        },
        data_docs_sites={
            SITE: {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": _files(folder),
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "site_section_builders": {"expectations": "none", "profiling": "none"},
            }
        },
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _files(folder: Path) -> dict[str, str]:
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}


def _store(
    context: Any, run: RunIdentifier, page: dict[str, Any], batch_id: int | None
) -> ValidationResultIdentifier:
    result = expectationSuiteValidationResultSchema.load(_with_severities(page))
    result.meta["run_id"] = run
    key = ValidationResultIdentifier(
        ExpectationSuiteIdentifier(result.suite_name), run, f"batch-{batch_id or 'marts'}"
    )
    context.validation_results_store.set(key, result)
    return key


def _with_severities(page: dict[str, Any]) -> dict[str, Any]:
    """Say on the page what only warns: Great Expectations shows every failure alike."""
    page = deepcopy(page)
    for one in page["results"]:
        config = one["expectation_config"]
        if config.get("severity") == "warning":
            config["description"] = f"{config['description']} (warning)"
    return page


def _page_of_failed_gate(report: GateReport) -> dict[str, Any]:
    """Make a page of what Great Expectations was not asked, so that no failure looks like peace."""
    return {
        "success": False,
        "suite_name": report.suite,
        "meta": {},
        "statistics": {
            "evaluated_expectations": len(report.results),
            "successful_expectations": 0,
            "unsuccessful_expectations": len(report.results),
            "success_percent": 0.0,
        },
        "results": [
            {
                "success": False,
                "expectation_config": {
                    "type": "expect_query_value_to_be_between",
                    "kwargs": {"query": "", "batch_id": report.suite},
                    "description": result.message,
                    "meta": {},
                    "severity": result.severity,
                },
                "result": {},
                "meta": {},
                "exception_info": {
                    "raised_exception": False,
                    "exception_message": None,
                    "exception_traceback": None,
                },
            }
            for result in report.results
        ],
    }


def _add_plain_list(index: Path, store: Any) -> Path:
    """List the pages in plain HTML: the index's own table needs scripts from the internet."""
    keys = sorted(
        store.list_keys(),
        key=lambda key: (-key.run_id.run_time.timestamp(), key.expectation_suite_identifier.name),
    )
    lines = "".join(_plain_line(key, is_success=store.get(key).success) for key in keys)
    text = index.read_text(encoding="utf-8")
    plain = f"<h2>All results</h2><ul>{lines}</ul></body>"
    index.write_text(text.replace("</body>", plain), encoding="utf-8")
    return index


def _plain_line(key: ValidationResultIdentifier, *, is_success: bool) -> str:
    path = quote("/".join(("validations", *key.to_tuple())) + ".html")
    says = f"{key.run_id.run_name} {key.expectation_suite_identifier.name} {key.batch_identifier}"
    verdict = "all met" if is_success else "not all met"
    return f'<li><a href="{path}">{escape(says)}</a>: {verdict}</li>'


def _forget_unfinished(results: Path) -> None:
    """Remove what a full disk or a kill cut short: one alone would keep all pages unmade."""
    for path in results.rglob("*.json"):
        try:
            json.loads(path.read_text())
        except ValueError:
            path.unlink()


def _forget_old(store: Any, kept_nights: int) -> None:
    keys = store.list_keys()
    newest: dict[str, datetime] = {}
    for key in keys:
        name, time = key.run_id.run_name, key.run_id.run_time
        newest[name] = max(time, newest.get(name, time))
    kept = sorted(newest, key=lambda name: newest[name], reverse=True)[:kept_nights]
    for key in keys:
        if key.run_id.run_name not in kept:
            store.remove_key(key)
