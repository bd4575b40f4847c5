"""The scorecard page: one HTML file that needs neither network nor server.

Everything stands in the file, in both languages and for all grains; the page's own style sheet
shows one of each. So it also opens where no script runs, as in a mail program's preview.
"""

import base64
import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loyalty.project import business_time_zone
from loyalty.scorecard.page import content, verdicts
from loyalty.scorecard.page.codes import STEPS, UNITS, plain_text
from loyalty.scorecard.page.facts import NightFacts, TableFacts
from loyalty.scorecard.page.reading import GRAINS, Published, read_published
from loyalty.scorecard.page.texts import NO_BREAK, Text, day_text, joined, number
from loyalty.scorecard.page.wording import WORDS

__all__ = ["NightFacts", "TableFacts", "write_page"]

FOLDER = Path(__file__).parent


def write_page(published: Path, target: Path, night: NightFacts | None = None) -> Path:
    """Write the scorecard page of one published generation file and return where it lies.

    `night` is what the night knows of its own quality; without it the page says that it is not at
    hand. The page is written beside `target` and moved there in one step.

    Raises:
        PublicationError: `published` cannot be read or lacks the indicators.
        OSError: the page cannot be written.
    """
    html = render(read_published(published), night)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.write_text(html, encoding="utf-8")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def render(published: Published, night: NightFacts | None) -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=WORDS,
        say=_say,
        number=number,
        seconds=_seconds,
        unit=lambda indicator: plain_text(UNITS, indicator.unit_of_analysis),
        opposite=lambda indicator: content.opposite(indicator, published.indicators),
    )
    environment.filters["named"] = _named
    style, script = ((FOLDER / f"page.{kind}").read_text() for kind in ("css", "js"))
    views = content.views(published)
    return environment.get_template("page.html").render(
        published=published,
        night=night,
        grains=GRAINS,
        leads={grain: verdicts.lead(published, grain) for grain in GRAINS},
        views=views,
        chapters=list(zip(*views.values(), strict=True)) if all(views.values()) else [],
        as_of=day_text(published.as_of_date),
        published_at=_moment(published),
        zone=business_time_zone(),
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _say(key: str, **words: object) -> Text:
    """Return a sentence of the page with its places filled."""
    return WORDS[key].fill(**words) if words else WORDS[key]


def _seconds(night: NightFacts) -> Text:
    steps = (
        Text(f"{name.sv} {spent.sv}", f"{name.en} {spent.en}")
        for name, spent in (
            (plain_text(STEPS, step), number(seconds, 1)) for step, seconds in night.seconds.items()
        )
    )
    return joined(steps, "; ")


def _named(drawing: Markup, name: str) -> Markup:
    """Return a drawing whose text alternative is the element called `name`."""
    return Markup(str(drawing).replace("aria-labelledby=ALT", f'aria-labelledby="{name}"', 1))


def _moment(published: Published) -> Text:
    """Return when the generation was published, in the business's zone."""
    zone = ZoneInfo(business_time_zone())
    local = published.published_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
    day = day_text(local.date())
    return Text(f"{day.sv} kl.{NO_BREAK}{local:%H.%M}", f"{day.en} at {local:%H:%M}")
