"""What readers see: generations, how readers are switched to a new one, and the way back."""

from loyalty.publication.files import damaged_names, generation_names, live_name, live_path
from loyalty.publication.generations import clear, prune, publish, remove_newest_of
from loyalty.publication.reading import (
    Generation,
    check,
    open_file,
    open_published,
    read_generation,
    verify,
)
from loyalty.publication.switching import rollback, serve_good, switch

__all__ = [
    "Generation",
    "check",
    "clear",
    "damaged_names",
    "generation_names",
    "live_name",
    "live_path",
    "open_file",
    "open_published",
    "prune",
    "publish",
    "read_generation",
    "remove_newest_of",
    "rollback",
    "serve_good",
    "switch",
    "verify",
]
