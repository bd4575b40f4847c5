"""The page in headless Chromium: quiet, alone with itself, switchable, readable on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed: apt-get install chromium"
)

# What is read as text, with the colours that it is read in: WCAG's contrast below 4.5 to 1.
LOW_CONTRAST = """() => {
    const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => [r, g, b]
        .map((c) => c / 255)
        .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const colour = parse(getComputedStyle(each).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const low = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const ink = element.closest("svg") ? style.fill : style.color;
        const [a, b] = [luminance(parse(ink)), luminance(behind(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) low.push(`${element.textContent.trim()} ${contrast.toFixed(2)}`);
    }
    return low;
}"""

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Watched:
    """A tab, with all that it said and all that it asked for."""

    def __init__(self, browser: Browser, page: Path, width: int = 1280, hash_: str = "") -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 844}, locale="en-GB", color_scheme="light"
        )
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab: Page = self.context.new_page()
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda problem: self.said.append(str(problem)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.address = page.as_uri()
        self.tab.goto(self.address + hash_)

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert not self.said
        assert {address.split("#")[0] for address in self.asked} <= {self.address, "data:,"}

    def choose(self, name: str) -> None:
        self.tab.locator(f"label:has(#{name})").click()

    def heading(self) -> str:
        return self.tab.locator("h1").inner_text()

    def summary(self) -> str:
        return self.tab.locator(".summary:visible").inner_text()


def test_language_grain_and_theme_switch_and_are_remembered(browser: Browser, page: Path) -> None:
    with Watched(browser, page) as watched:
        tab = watched.tab
        assert watched.heading() == "Loyalty scorecard"
        assert tab.locator("html").get_attribute("lang") == "en"
        assert "May" in watched.summary()
        light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        watched.choose("lang-sv")
        assert watched.heading() == tab.title() == "Lojalitetsläget"
        assert tab.locator("html").get_attribute("lang") == "sv"
        watched.choose("grain-week")
        assert watched.summary().startswith("Vecka")
        watched.choose("theme-dark")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
        assert tab.url.endswith("#lang=sv&grain=week&theme=dark")
        tab.goto(watched.address)
        assert watched.heading() == "Lojalitetsläget"
        assert watched.summary().startswith("Vecka")


def test_a_mailed_link_opens_as_it_was_sent(browser: Browser, page: Path) -> None:
    with Watched(browser, page, hash_="#lang=sv&grain=quarter&at=leaving") as watched:
        assert watched.heading() == "Lojalitetsläget"
        assert watched.summary().startswith("Kvartal")
        assert watched.tab.evaluate("document.activeElement.id") == "leaving"
        assert watched.tab.evaluate("scrollY") > 500


def test_everything_reads_without_a_script(browser: Browser, page: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page.as_uri())
    tab.locator("label:has(#lang-sv)").click()
    tab.locator("label:has(#grain-quarter)").click()
    assert tab.locator("h1").inner_text() == "Lojalitetsläget"
    assert tab.locator(".summary:visible").inner_text().startswith("Kvartal")
    context.close()


def test_a_phone_need_not_scroll_sideways(browser: Browser, page: Path) -> None:
    with Watched(browser, page, 390) as watched:
        for language in ("sv", "en"):
            watched.choose(f"lang-{language}")
            for grain in ("week", "month", "quarter"):
                watched.choose(f"grain-{grain}")
                assert watched.tab.evaluate(SIDEWAYS) == 0, (language, grain)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(browser: Browser, page: Path, theme: str) -> None:
    with Watched(browser, page, hash_=f"#theme={theme}") as watched:
        assert watched.tab.evaluate(LOW_CONTRAST) == []


def test_drawings_have_names_in_the_language_shown(browser: Browser, page: Path) -> None:
    with Watched(browser, page, hash_="#lang=sv") as watched:
        images = watched.tab.get_by_role("img")
        names = [image.aria_snapshot() for image in images.all()]
        assert len(names) > 8
        assert all('img "' in name for name in names)
        assert any("perioder till" in name for name in names)
        assert not any("periods up to" in name for name in names)
        assert watched.tab.locator("svg:not([role=img])").count() == 0


def test_the_keyboard_reaches_the_switches_and_the_tables(browser: Browser, page: Path) -> None:
    with Watched(browser, page) as watched:
        tab = watched.tab
        tab.keyboard.press("Tab")
        assert tab.locator(".skip").evaluate("e => e === document.activeElement")
        tab.locator("#grain-month").focus()
        tab.keyboard.press("ArrowRight")
        assert watched.summary().startswith("Q1")
        tab.locator("#leaving summary:visible").focus()
        tab.keyboard.press("Enter")
        assert tab.locator("#leaving details[open] tbody tr:visible").count() > 3


def test_a_trend_tells_its_numbers_under_the_pointer(browser: Browser, page: Path) -> None:
    with Watched(browser, page) as watched:
        trend = watched.tab.locator("#leaving .trend:visible")
        trend.scroll_into_view_if_needed()
        box = trend.bounding_box()
        assert box
        watched.tab.mouse.move(box["x"] + 556, box["y"] + 80)
        assert "Jun 2026 (in progress): 44.1%" in watched.tab.locator("#tip").inner_text()


def test_it_prints_light_and_without_switches(browser: Browser, page: Path) -> None:
    with Watched(browser, page, hash_="#theme=dark") as watched:
        watched.tab.emulate_media(media="print")
        assert not watched.tab.locator(".switches").is_visible()
        ink = watched.tab.evaluate("getComputedStyle(document.querySelector('h1')).color")
        assert ink == "rgb(28, 35, 33)"
        assert len(watched.tab.pdf(format="A4")) > 10_000


def test_an_old_page_says_how_old_it_is(browser: Browser, page: Path) -> None:
    for day, is_old in (("2026-06-17", False), ("2026-06-20", True)):
        tab = browser.new_page()
        tab.clock.set_fixed_time(f"{day}T12:00:00Z")
        tab.goto(page.as_uri() + "#lang=sv")
        assert tab.locator("#stale").is_visible() == is_old
        assert not is_old or "för 4 dagar sedan" in tab.locator("#stale").inner_text()
        tab.close()
