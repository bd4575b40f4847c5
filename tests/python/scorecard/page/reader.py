"""A page as a reader of one language sees it, without a browser."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "path", "line", "rect", "circle"}


class Reader(HTMLParser):
    """Collects the words of one language and grain, and every element's attributes."""

    def __init__(self, language: str, grain: str) -> None:
        super().__init__()
        self.others = {("lang", other) for other in ("sv", "en") if other != language}
        self.others |= {
            ("data-grain", other) for other in ("week", "month", "quarter") if other != grain
        }
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in VOID:
            return
        is_hidden = tag in ("style", "script", "title") or (
            tag != "html" and any(attribute in self.others for attribute in attrs)
        )
        self.open.append((tag, is_hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        # End tags of p, li, td and so on are all written out in the page.
        if tag not in VOID:
            opened, _ = self.open.pop()
            assert opened == tag, f"{opened} is closed as {tag}"

    def handle_data(self, data: str) -> None:
        if not any(is_hidden for _, is_hidden in self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split(" ")).replace("\n", " ")


def read(html: str, language: str, grain: str = "month") -> Reader:
    reader = Reader(language, grain)
    reader.feed(html)
    assert not reader.open
    return reader
