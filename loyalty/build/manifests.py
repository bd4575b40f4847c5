"""The dbt project, parsed once: as it is, or with what is built by person in other schemas."""

import gc
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from loyalty.build import changes
from loyalty.errors import BuildError
from loyalty.project import PROJECT_FOLDER, files_fingerprint

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# What a parse depends on; a change in any of these files means a new one.
PARSED_FILES = (
    "dbt_project.yml",
    "models/**/*.sql",
    "models/**/*.yml",
    "macros/**/*.sql",
    "seeds/*",
    "tests/data/**/*.sql",
    "tests/data/**/*.yml",
)
# Parsed projects of this process, by fingerprint.
_MANIFESTS: "dict[str, Manifest]" = {}
_PARSING = Lock()


def project_fingerprint() -> str:
    """Return what tells two states of the dbt project apart."""
    return files_fingerprint(PARSED_FILES)


def project_manifest() -> "Manifest":
    """Return the parsed project; parsed anew only when one of its files has changed.

    The parse does not depend on the warehouse and is kept in the checkout's `target`. May be called
    ahead, from another thread: who comes second waits for the first.

    Raises:
        BuildError: the project does not parse; dbt's own sentence says where.
    """
    with _PARSING:
        fingerprint = project_fingerprint()
        if fingerprint not in _MANIFESTS:
            _MANIFESTS[fingerprint] = _kept_manifest(
                PROJECT_FOLDER / "target" / f"manifest_{fingerprint}.msgpack"
            )
        return _MANIFESTS[fingerprint]


def part_manifest() -> "Manifest":
    """Return the parsed project with all that is built by person in schemas of what has changed."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    name = f"{changes.AFTER} {project_fingerprint()}"
    if name not in _MANIFESTS:
        manifest = _read_manifest(project_manifest().to_msgpack(extended_mashumaro_encoder))
        for node in manifest.nodes.values():
            if changes.is_by_person(node):
                whole, node.schema = node.schema, f"{changes.AFTER}_{node.schema}"
                node.relation_name = (node.relation_name or "").replace(
                    f'"{whole}"', f'"{node.schema}"', 1
                )
        manifest.build_flat_graph()
        _MANIFESTS[name] = manifest
    return _MANIFESTS[name]


def invoke(
    arguments: list[str],
    places: Mapping[str, Path],
    manifest: "Manifest | None" = None,
    on_event: Callable[[Any], None] = lambda event: None,
) -> Any:
    """Run dbt in this process; `places` are the flags that say where it writes."""
    from dbt.cli.main import dbtRunner

    everywhere = {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        **places,
    }
    # Results come by the result object and by events: dbt's own lines, for which it formats each of
    # its thousands of events, go nowhere.
    flags = ["--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    for flag, place in everywhere.items():
        flags += [flag, str(place)]
    runner = dbtRunner(manifest=manifest, callbacks=[on_event])
    # The manifest is half a million objects that stay: not to be searched for garbage each time.
    gc.freeze()
    try:
        return runner.invoke([*arguments, *flags])
    finally:
        gc.unfreeze()


def _read_manifest(packed: bytes) -> "Manifest":
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


def _kept_manifest(kept: Path) -> "Manifest":
    """Read the manifest at `kept`, or parse the project and keep it there."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    if kept.exists():
        return _read_manifest(kept.read_bytes())
    places = {"--target-path": kept.parent, "--log-path": kept.parent / "logs"}
    result = invoke(["parse"], places)
    if not result.success:
        raise BuildError(f"the dbt project does not parse: {result.exception}")
    parsed: Manifest = result.result
    # Kept for the next process; where the checkout may not be written, it parses again.
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(parsed.to_msgpack(extended_mashumaro_encoder))
        for old in kept.parent.glob("manifest_*.msgpack"):
            if old != kept:
                old.unlink(missing_ok=True)
        partial.replace(kept)
    return parsed


if __name__ == "__main__":
    # Parsed once when it is installed, the first night need not.
    project_manifest()
