"""A page as a test reads it: what stands in which element."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]
    parts: list[str]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts)).strip()

    def is_a(self, what: str) -> bool:
        """A tag, a .class or an #id."""
        if what.startswith("."):
            return what[1:] in self.attributes.get("class", "").split()
        if what.startswith("#"):
            return what[1:] == self.attributes.get("id")
        return what == self.tag


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag == "br":
            self.handle_data(" ")
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """What a `?` explains is no part of what it stands in."""
        explained = [one.is_a(".term") for one in self._open]
        start = explained.index(True) if True in explained else 0
        for element in self._open[start:]:
            element.parts.append(data)

    def all(self, what: str) -> list[str]:
        return [one.text for one in self.elements if one.is_a(what)]

    def one(self, what: str) -> str:
        (text,) = self.all(what)
        return text

    def element(self, what: str) -> Element:
        (found,) = [one for one in self.elements if one.is_a(what)]
        return found

    @property
    def links(self) -> dict[str, str]:
        """Where each link's text leads; the first of that text."""
        found: dict[str, str] = {}
        for one in self.elements:
            if one.tag == "a":
                found.setdefault(one.text, one.attributes["href"])
        return found

    @property
    def facts(self) -> dict[str, str]:
        return dict(zip(self.all("dt"), self.all("dd"), strict=True))

    @property
    def cards(self) -> list[str]:
        """The names of the products shown."""
        ids = [
            one
            for one in self.elements
            if one.tag == "a" and "/san-pham/" in one.attributes["href"]
        ]
        return [one.text for one in ids]
