"""Words and numbers in both languages, side by side, so that none can lack its other half."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup, escape

NO_BREAK = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
EN_DASH = "\u2013"

LANGUAGES = ("sv", "en")
MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
}


class Text(NamedTuple):
    """One text in Swedish and English; as HTML both, of which the page shows one."""

    sv: str
    en: str

    def __html__(self) -> str:
        """Return both languages, each marked as such; once where they are the same."""
        if self.sv == self.en:
            return str(escape(self.sv))
        return Markup("<span lang=sv>{}</span><span lang=en>{}</span>").format(*self)

    def fill(self, **words: object) -> "Text":
        """Return the text with its {places} filled, each language from its own words."""
        sv = {name: word.sv if isinstance(word, Text) else word for name, word in words.items()}
        en = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
        return Text(self.sv.format(**sv), self.en.format(**en))

    def capitalised(self) -> "Text":
        """Return the text with a capital first letter."""
        return Text(self.sv[:1].upper() + self.sv[1:], self.en[:1].upper() + self.en[1:])


def same(word: str) -> Text:
    """Return a word that is the same in both languages, such as a landed code."""
    return Text(word, word)


def joined(texts: Iterable[Text], between: str = ", ") -> Text:
    """Return texts one after the other."""
    listed = list(texts)
    return Text(between.join(t.sv for t in listed), between.join(t.en for t in listed))


def listed(texts: Iterable[Text]) -> Text:
    """Return texts as a list in a sentence: a, b and c."""
    *before, last = list(texts)
    if not before:
        return last
    return Text(f"{joined(before).sv} och {last.sv}", f"{joined(before).en} and {last.en}")


def number(value: float, decimals: int = 0) -> Text:
    """Return a number as each language writes it."""
    english = f"{value:,.{decimals}f}".replace("-", MINUS)
    if not any(digit in english for digit in "123456789"):
        english = english.lstrip(MINUS)
    return Text(english.replace(",", THIN).replace(".", ","), english)


def signed(value: float, decimals: int = 0) -> Text:
    """Return a number with its sign, also where it is positive."""
    text = number(value, decimals)
    is_positive = value > 0 and any(digit in text.en for digit in "123456789")
    return Text(f"+{text.sv}", f"+{text.en}") if is_positive else text


def decimals(*values: float) -> int:
    """Return how many decimals percentages need: two below 1, otherwise one."""
    return 2 if max((abs(value) for value in values), default=0) < 1 else 1


def percent(value: float, places: int) -> Text:
    """Return a share 0 to 1 in percent; Swedish sets a space before the sign."""
    text = number(value * 100, places)
    return Text(f"{text.sv}{NO_BREAK}%", f"{text.en}%")


def value_text(unit: str, value: float, places: int | None = None) -> Text:
    """Return an indicator's value in its unit."""
    if unit != "share":
        return number(value, 1 if places is None else places)
    return percent(value, decimals(value * 100) if places is None else places)


def target_text(unit: str, value: float) -> Text:
    """Return a target, without decimals where it has none."""
    scaled = round(value * 100, 6) if unit == "share" else value
    return value_text(unit, value, 0 if scaled == round(scaled) else 1)


def interval_text(unit: str, lower: float, upper: float) -> Text:
    """Return an interval; in words where a dash would be read as a minus."""
    factor = 100 if unit == "share" else 1
    places = decimals(lower * factor, upper * factor) if unit == "share" else 1
    low, high = number(lower * factor, places), value_text(unit, upper, places)
    if lower < 0 or upper < 0:
        return Text(f"{low.sv} till {high.sv}", f"{low.en} to {high.en}")
    return Text(f"{low.sv}{EN_DASH}{high.sv}", f"{low.en}{EN_DASH}{high.en}")


def change_number(unit: str, change: float) -> Text:
    """Return a change without its unit: percentage points for shares."""
    scaled = change * 100 if unit == "share" else change
    return signed(scaled, 2 if abs(scaled) < 0.1 else 1)


def day_text(day: date) -> Text:
    """Return a day in words."""
    return Text(
        f"{day.day}{NO_BREAK}{month_name('sv', day)} {day.year}",
        f"{day.day}{NO_BREAK}{month_name('en', day)} {day.year}",
    )


def month_name(language: str, day: date) -> str:
    """Return the month's name."""
    return MONTHS[language].split()[day.month - 1]


def period_text(grain: str, start: date) -> Text:
    """Return a period's name as it stands in a sentence."""
    if grain == "week":
        year, week, _ = start.isocalendar()
        return Text(f"vecka{NO_BREAK}{week} {year}", f"week{NO_BREAK}{week} of {year}")
    if grain == "quarter":
        quarter = (start.month + 2) // 3
        return Text(f"kvartal{NO_BREAK}{quarter} {start.year}", f"Q{quarter}{NO_BREAK}{start.year}")
    return Text(
        f"{month_name('sv', start)}{NO_BREAK}{start.year}",
        f"{month_name('en', start)}{NO_BREAK}{start.year}",
    )


def short_period(grain: str, start: date) -> Text:
    """Return a period's name as short as an axis needs."""
    if grain == "week":
        year, week, _ = start.isocalendar()
        return Text(f"v.{NO_BREAK}{week} {year}", f"W{week} {year}")
    if grain == "quarter":
        quarter = (start.month + 2) // 3
        return Text(f"Q{quarter} {start.year}", f"Q{quarter} {start.year}")
    return Text(
        f"{month_name('sv', start)[:3]} {start.year}", f"{month_name('en', start)[:3]} {start.year}"
    )


def period_start(grain: str, day: date) -> date:
    """Return the first day of the period that holds a day."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3}[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)
