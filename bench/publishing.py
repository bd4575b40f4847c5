"""A publication on its own, beside a plain copy of the file it makes that is synced to the disk."""

from collections.abc import Iterator

from bench import houses, timing
from bench.parts import Setting
from bench.results import Measurement, ratio
from loyalty import publication

PART = "publication"


def measure(setting: Setting) -> Iterator[Measurement]:
    """Publish what is built already, and copy the published file, in turns."""
    warehouse = houses.full_house(setting)
    with setting.scratch() as scratch:

        def publish() -> float:
            return float(timing.child("bench.tasks", "publish", warehouse.folder).said["seconds"])

        def copy() -> float:
            source = publication.live_path(warehouse)
            assert source is not None
            return timing.copying(source, scratch / "copy")

        seconds = timing.in_turns({"publish": publish, "copy": copy}, setting.repeats)
    size = setting.millions
    yield ratio(
        PART, "nothing changed / copy of its file", size, seconds["publish"], seconds["copy"]
    )
