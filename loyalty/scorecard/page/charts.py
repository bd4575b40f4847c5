"""The page's charts: Vega-Lite specifications by Altair, drawn once as SVG by vl-convert.

All charts of a kind are one specification with a facet per chart, since starting Vega is what
costs. Colours are the page's CSS variables and texts stand in both languages, so that one drawing
serves every theme and language.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import altair as alt
import vl_convert
from markupsafe import Markup, escape

from loyalty.scorecard.page.texts import Text

SVG = "{http://www.w3.org/2000/svg}"
# Vega writes much that a finished drawing does not need.
KEPT = (
    *("transform", "d", "x", "y", "x1", "x2", "y1", "y2", "r", "width", "height"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "text-anchor"),
)
ROW_HEIGHT = 40
CUT_WIDTH = 110
MOST_ROWS = 12


@dataclass(frozen=True)
class Point:
    """One period of a series; `label` stands under the axis where it is given."""

    value: float | None
    low: float | None
    high: float | None
    target: float | None = None
    is_hollow: bool = False
    label: Text | None = None


@dataclass(frozen=True)
class Interval:
    """One row of a cut: value and interval as places 0 to 1 along the indicator's scale."""

    value: float
    low: float
    high: float
    rule: float | None
    is_hollow: bool


@dataclass(frozen=True)
class Frame:
    """What part of a facet's drawing is shown: pixels from the plot's upper left corner."""

    left: float
    top: float
    width: float
    height: float


class Labels:
    """Texts that a drawing holds as short marks, put in afterwards in both languages."""

    def __init__(self) -> None:
        self.texts: list[Text] = []

    def mark(self, text: Text | None) -> str | None:
        """Return the mark that stands for a text."""
        if text is None:
            return None
        self.texts.append(text)
        return f"@{len(self.texts) - 1}"


Numbers = Callable[[str, float], Text]


def sparklines(series: Mapping[str, Sequence[Point]]) -> dict[str, Markup]:
    """Return a small line with its band per key."""
    base = _base()
    chart = alt.layer(
        _band(base),
        _target(base),
        base.mark_line(color="var(--line)", strokeWidth=1.8).encode(y=_y("value")),
        base.mark_circle(color="var(--line)", size=14, opacity=1)
        .encode(y=_y("value"))
        .transform_filter("datum.is_alone || datum.is_last"),
    ).properties(width=132, height=36)
    rows = _point_rows(series, Labels())
    return _draw(chart, rows, dict.fromkeys(series, Frame(-3, -3, 138, 42)))


def trends(series: Mapping[str, Sequence[Point]], numbers: Numbers) -> dict[str, Markup]:
    """Return line, interval band and target per key; `numbers` writes an axis label of a key."""
    labels = Labels()
    base = _base()
    axis = alt.Axis(
        title=None,
        tickCount=4,
        domain=False,
        ticks=False,
        gridColor="var(--grid)",
        labelColor="var(--soft)",
        labelFontSize=12,
        labelPadding=8,
        labelExpr="'#' + datum.value",
    )
    dots = base.encode(y=_y("value", axis))
    chart = alt.layer(
        _band(base, axis),
        _target(base, axis),
        base.mark_line(color="var(--line)", strokeWidth=2).encode(y=_y("value", axis)),
        dots.mark_circle(color="var(--line)", size=22, opacity=1).transform_filter(
            "!datum.is_hollow"
        ),
        dots.mark_point(
            stroke="var(--line)", fill="var(--paper)", size=38, strokeWidth=1.6, opacity=1
        ).transform_filter("datum.is_hollow"),
        base.mark_text(color="var(--soft)", fontSize=12, baseline="top")
        .encode(y=alt.value(192), text="label:N")
        .transform_filter("isValid(datum.label)"),
    ).properties(width=520, height=180)
    frames = dict.fromkeys(series, Frame(-56, -10, 620, 222))
    return _draw(chart, _point_rows(series, labels), frames, labels, numbers)


def cuts(panels: Mapping[str, Sequence[Interval]]) -> dict[str, Markup]:
    """Return dots with intervals, a row of `ROW_HEIGHT` pixels each, per key."""
    rows = [
        {"chart": _key(number), "row": row + 0.5, **vars(interval)}
        for number, intervals in enumerate(panels.values())
        for row, interval in enumerate(intervals[:MOST_ROWS])
    ]
    place = alt.Scale(domain=[0, 1])
    base = alt.Chart().encode(
        y=alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[0, MOST_ROWS], reverse=True))
    )
    dots = base.encode(x=alt.X("value:Q", axis=None, scale=place))
    chart = alt.layer(
        base.mark_tick(color="var(--target)", orient="vertical", size=ROW_HEIGHT, thickness=1)
        .encode(x=alt.X("rule:Q", axis=None, scale=place))
        .transform_filter("isValid(datum.rule)"),
        base.mark_rule(color="var(--band-strong)", strokeWidth=5).encode(
            x=alt.X("low:Q", axis=None, scale=place), x2="high:Q"
        ),
        dots.mark_circle(color="var(--line)", size=50, opacity=1).transform_filter(
            "!datum.is_hollow"
        ),
        dots.mark_point(
            stroke="var(--line)", fill="var(--paper)", size=44, strokeWidth=1.5, opacity=1
        ).transform_filter("datum.is_hollow"),
    ).properties(width=CUT_WIDTH - 10, height=MOST_ROWS * ROW_HEIGHT)
    frames = {
        key: Frame(-5, 0, CUT_WIDTH, min(len(intervals), MOST_ROWS) * ROW_HEIGHT)
        for key, intervals in panels.items()
    }
    return _draw(chart, rows, frames)


def distributions(
    counts: Mapping[str, Sequence[int]], numbers: Callable[[float], Text]
) -> dict[str, Markup]:
    """Return bars for the scores 0 to 10 per key, with their counts above."""
    labels = Labels()
    rows = [
        {
            "chart": _key(number),
            "score": score,
            "count": count,
            "label": labels.mark(numbers(count)),
            "name": str(score),
            "group": "low" if score <= 6 else "middle" if score <= 8 else "high",
        }
        for number, bars in enumerate(counts.values())
        for score, count in enumerate(bars)
    ]
    base = alt.Chart().encode(
        x=alt.X("score:O", axis=None, scale=alt.Scale(paddingInner=0.16, paddingOuter=0.05))
    )
    colour = alt.Color(
        "group:N",
        legend=None,
        scale=alt.Scale(
            domain=["low", "middle", "high"], range=["var(--bad)", "var(--middle)", "var(--good)"]
        ),
    )
    bars = base.encode(y=_y("count", None, is_from_zero=True))
    chart = alt.layer(
        bars.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(color=colour),
        bars.mark_text(dy=-9, color="var(--ink)", fontSize=12).encode(text="label:N"),
        base.mark_text(baseline="top", color="var(--soft)", fontSize=12).encode(
            y=alt.value(150), text="name:N"
        ),
    ).properties(width=480, height=140)
    return _draw(chart, rows, dict.fromkeys(counts, Frame(0, -22, 480, 190)), labels)


def _point_rows(series: Mapping[str, Sequence[Point]], labels: Labels) -> list[dict[str, Any]]:
    return [
        {
            "chart": _key(number),
            "place": place,
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "target": point.target,
            "is_hollow": point.is_hollow,
            "label": labels.mark(point.label),
            # A line needs a neighbour to be seen.
            "is_alone": point.value is not None
            and all(near.value is None for near in _neighbours(points, place)),
            "is_last": point.value is not None and place == len(points) - 1,
        }
        for number, points in enumerate(series.values())
        for place, point in enumerate(points)
    ]


def _neighbours(points: Sequence[Point], place: int) -> list[Point]:
    return [*points[max(place - 1, 0) : place], *points[place + 1 : place + 2]]


def _base() -> alt.Chart:
    return alt.Chart().encode(
        x=alt.X("place:Q", axis=None, scale=alt.Scale(nice=False, zero=False))
    )


def _y(column: str, axis: alt.Axis | None = None, is_from_zero: bool = False) -> alt.Y:
    scale = alt.Scale(zero=is_from_zero, nice=axis is not None)
    return alt.Y(f"{column}:Q", axis=axis, scale=scale)


def _band(base: alt.Chart, axis: alt.Axis | None = None) -> alt.Chart:
    return base.mark_area(color="var(--band)", opacity=1).encode(y=_y("low", axis), y2="high:Q")


def _target(base: alt.Chart, axis: alt.Axis | None = None) -> alt.Chart:
    return base.mark_line(color="var(--target)", strokeDash=[5, 4], strokeWidth=1.3).encode(
        y=_y("target", axis)
    )


def _key(number: int) -> str:
    """Return a chart's key such that facets sort in the order of the charts."""
    return f"{number:05d}"


def _draw(
    chart: alt.LayerChart,
    rows: list[dict[str, Any]],
    frames: Mapping[str, Frame],
    labels: Labels | None = None,
    numbers: Numbers | None = None,
) -> dict[str, Markup]:
    """Draw a chart with one facet per frame and return each facet as an SVG element of its own."""
    if not rows:
        return {}
    faceted = (
        chart.facet(
            data=alt.NamedData(name="rows"),
            row=alt.Row("chart:N", header=None, sort="ascending"),
            spacing=0,
        )
        .resolve_scale(x="independent", y="independent")
        .configure(background="transparent", aria=False, padding=0)
        .configure_view(stroke=None)
    )
    # Altair would copy the rows for each layer, and validate what never changes.
    specification = {**faceted.to_dict(validate=False), "datasets": {"rows": rows}}
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(specification))
    cells = [group for group in root.iter(f"{SVG}g") if "cell" in group.get("class", "").split()]
    places = [place for cell in cells for place in cell.findall(f"{SVG}g")]
    drawn = {row["chart"] for row in rows}
    seen = [item for number, item in enumerate(frames.items()) if _key(number) in drawn]
    drawings = {}
    for (key, frame), place in zip(seen, places, strict=True):
        place.attrib.pop("transform", None)
        content = "".join(_compact(child, key, labels or Labels(), numbers) for child in place)
        box = f"{frame.left:g} {frame.top:g} {frame.width:g} {frame.height:g}"
        drawings[key] = Markup(
            f'<svg role=img viewBox="{box}" width={frame.width:g} height={frame.height:g} '
            f"fill=none aria-labelledby=ALT>{content}</svg>"
        )
    return drawings


def _compact(
    element: ElementTree.Element, key: str, labels: Labels, numbers: Numbers | None
) -> str:
    """Return an element of Vega's drawing with what can be seen of it."""
    tag = element.tag.removeprefix(SVG)
    if element.get("display") == "none" or element.get("class") == "background":
        return ""
    kept = {
        name: _rounded(name, value)
        for name in KEPT
        if (value := element.get(name)) and not (name == "opacity" and value == "1")
    }
    if kept.get("transform") in ("translate(0,0)", "translate(0.5,0.5)"):
        del kept["transform"]
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
    if tag == "text":
        return _text(element.text or "", attributes, key, labels, numbers)
    content = "".join(_compact(child, key, labels, numbers) for child in element)
    if tag == "g":
        return f"<g{attributes}>{content}</g>" if attributes and content else content
    return f"<{tag}{attributes}/>" if attributes else ""


def _rounded(name: str, value: str) -> str:
    if name not in ("transform", "d"):
        return value
    return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", value)


def _text(content: str, attributes: str, key: str, labels: Labels, numbers: Numbers | None) -> str:
    if content.startswith("@"):
        text = labels.texts[int(content[1:])]
    elif content.startswith("#") and numbers:
        text = numbers(key, float(content[1:]))
    else:
        text = Text(content, content)
    if text.sv == text.en:
        return f"<text{attributes}>{escape(text.sv)}</text>"
    return "".join(
        f"<text lang={language}{attributes}>{escape(words)}</text>"
        for language, words in zip(Text._fields, text, strict=True)
    )


def spread(values: Iterable[float | None]) -> tuple[float, float]:
    """Return the scale that holds all values, with a little air; 0 to 1 where there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    air = (high - low) * 0.04 or 0.5
    return low - air, high + air
