"""Criteria editions (bộ tiêu chí): what a score sheet asks, and its options' points and gates.

The built-in edition 2026 is QĐ 26/2026/QĐ-TTg, appendix II. In data/editions/2026, figures.yaml
says how the sheets are built, and words.yaml what they say in short words of our own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rules.product_sets import PRODUCT_SETS, Label
from rules.reading import DATA, label, text

SECTIONS = {"A": 40, "B": 25, "C": 35}
GATED = (3, 4, 5)
"""The stars that have gates."""


class Mark(StrEnum):
    """How an option differs from what the transcript of the decision has."""

    OPTION_INFERRED = "~"
    POINTS_INFERRED = "?"
    POINTS_REPAIRED = "!"


class Option(NamedTuple):
    label: Label
    points: int
    mark: Mark | None = None
    case: str | None = None
    """Of tourism's two cases (trường hợp) the one it belongs to."""


class Gate(NamedTuple):
    """The least option, counted from 1, that a product of this star needs."""

    star: int
    option: int


@dataclass(frozen=True, eq=False)
class Criterion:
    """One question of the sheet; a scorer chooses exactly one of its options."""

    code: str
    question: str
    label: Label
    options: tuple[Option, ...]
    gates: tuple[Gate, ...]
    suspect: Label | None = None
    """Why the row should be compared with the official print."""

    @property
    def section(self) -> str:
        return section(self.code)

    @property
    def most(self) -> int:
        return max(option.points for option in self.options)

    def choices(self, case: str | None) -> Iterator[int]:
        """The numbers of the options that this case may choose from."""
        for number, option in enumerate(self.options, 1):
            if option.case in (None, case):
                yield number


class Heading(NamedTuple):
    code: str
    label: Label
    most: int


@dataclass(frozen=True, eq=False)
class ProductSet:
    """The score sheet of one of the 26 sets (bộ sản phẩm), in the order of the official sheet."""

    number: int
    label: Label
    criteria: Mapping[str, Criterion]
    headings: tuple[Heading, ...]
    findings: frozenset[str]
    """What ends the evaluation when it is found."""
    cases: Mapping[str, Label]


@dataclass(frozen=True, eq=False)
class Edition:
    name: str
    source: Label
    sections: Mapping[str, Label]
    cases: Mapping[str, Label]
    findings: Mapping[str, Label]
    sets: Mapping[int, ProductSet]

    def findings_of(self, of: ProductSet) -> Mapping[str, Label]:
        """Those of this set, in the edition's order."""
        return {code: words for code, words in self.findings.items() if code in of.findings}


@cache
def edition(name: str = "2026") -> Edition:
    """A built-in edition, read once."""
    return load(DATA / "editions" / name)


def editions() -> frozenset[str]:
    """The names of the built-in ones."""
    return frozenset(folder.name for folder in (DATA / "editions").iterdir())


def load(folder: Path) -> Edition:
    return built(text(folder / "figures.yaml"), text(folder / "words.yaml"))


def section(code: str) -> str:
    first = int(code.split(".")[0])
    return "A" if first <= 3 else "B" if first <= 5 else "C"


def built(figures: dict[str, Any], words: dict[str, Any]) -> Edition:
    reach = {finding: frozenset(_numbers(sets)) for finding, sets in figures["findings"].items()}
    sets = {}
    for key, own in figures["sets"].items():
        number, rows = int(key), _rows(figures["parts"], own)
        findings = frozenset(finding for finding, numbers in reach.items() if number in numbers)
        sets[number] = _product_set(number, rows, own.get("suspect", {}), words, findings)
    return Edition(
        name=figures["name"],
        source=label(figures["source"]),
        sections=_labels(words["sections"]),
        cases=_labels(words["cases"]),
        findings=_labels(words["findings"]),
        sets=sets,
    )


def _rows(parts: dict[str, dict[str, str]], own: dict[str, Any]) -> dict[str, str]:
    rows: dict[str, str] = {}
    for part in own.get("of", "").split():
        rows |= parts[part]
    rows |= {code: row for code, row in own.items() if code not in ("of", "suspect")}
    return dict(sorted(rows.items(), key=lambda item: _order(item[0])))


def _product_set(
    number: int,
    rows: dict[str, str],
    suspect: dict[str, str],
    words: dict[str, Any],
    findings: frozenset[str],
) -> ProductSet:
    criteria, headings = {}, {}
    for code, row in rows.items():
        question, *figures = row.split()
        if figures:
            doubt = label(suspect[code]) if code in suspect else None
            criteria[code] = _criterion(code, question, figures, words, doubt)
        else:
            headings[code] = label(words["headings"][question])
    if strange := suspect.keys() - criteria.keys():
        raise ValueError(f"set {number}: suspect, but no criterion: {', '.join(sorted(strange))}")
    below = {
        code: sum(one.most for one in criteria.values() if one.code.startswith(f"{code}."))
        for code in headings
    }
    offered = {option.case for one in criteria.values() for option in one.options}
    return ProductSet(
        number=number,
        label=PRODUCT_SETS[number],
        criteria=criteria,
        headings=tuple(Heading(code, title, below[code]) for code, title in headings.items()),
        findings=findings,
        cases={case: said for case, said in _labels(words["cases"]).items() if case in offered},
    )


def _criterion(
    code: str, question: str, figures: list[str], words: dict[str, Any], suspect: Label | None
) -> Criterion:
    asked = words["questions"][question]
    halves = [half.split() for half in " ".join(figures).split("/")]
    if sum(map(len, halves)) != len(asked["options"]):
        raise ValueError(f"{code} {question}: not as many points as options")
    cases = [*words["cases"]] if len(halves) > 1 else [None]
    texts = iter(asked["options"])
    options: list[Option] = []
    gates: list[Gate] = []
    for case, half in zip(cases, halves, strict=True):
        for figure in half:
            points, mark, star = _figure(code, figure)
            options.append(Option(label(next(texts)), points, mark, case))
            if star:
                gates.append(Gate(star, len(options)))
    return Criterion(code, question, label(asked["label"]), tuple(options), tuple(gates), suspect)


def _figure(code: str, figure: str) -> tuple[int, Mark | None, int | None]:
    found = re.fullmatch(r"(\d+)([~?!])?(?:\*(\d))?", figure)
    if found is None:
        raise ValueError(f"{code}: not points: {figure}")
    points, mark, star = found.groups()
    return int(points), Mark(mark) if mark else None, int(star) if star else None


def _labels(texts: dict[str, str]) -> dict[str, Label]:
    return {key: label(pair) for key, pair in texts.items()}


def _numbers(spans: str) -> Iterator[int]:
    for span in spans.split():
        first, _, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def violations(edition: Edition) -> Iterator[str]:
    """What is wrong with an edition: one line each, none when it can be scored with."""
    if edition.sets.keys() != PRODUCT_SETS.keys():
        yield f"sets: {sorted(edition.sets.keys() ^ PRODUCT_SETS.keys())} missing or unknown"
    for one in edition.sets.values():
        for case in one.cases or (None,):
            yield from _sums(one, case)
        for criterion in one.criteria.values():
            place = f"set {one.number}, {criterion.code}"
            yield from (f"{place}: {line}" for line in _wrong(criterion))
        for heading in one.headings:
            if heading.code in one.criteria or not heading.most:
                yield f"set {one.number}, {heading.code}: a heading over nothing, or a criterion"
        if strange := one.findings - edition.findings.keys():
            yield f"set {one.number}: findings without words: {sorted(strange)}"


def _sums(one: ProductSet, case: str | None) -> Iterator[str]:
    sums = dict.fromkeys(SECTIONS, 0)
    for criterion in one.criteria.values():
        offered = [criterion.options[number - 1].points for number in criterion.choices(case)]
        sums[criterion.section] += max(offered, default=0)
    if sums != SECTIONS:
        yield f"set {one.number}, case {case}: sections {sums} instead of {SECTIONS}"


def _wrong(criterion: Criterion) -> Iterator[str]:
    """Options rise, gates rise with their stars: so a later option is never worse."""
    for case in {option.case for option in criterion.options}:
        points = [option.points for option in criterion.options if option.case == case]
        if len(points) < 2 or any(more < less for less, more in pairwise(points)):
            yield f"options do not rise: {points}"
    stars = [gate.star for gate in criterion.gates]
    if stars != sorted(set(stars)) or not set(stars) <= set(GATED):
        yield f"gates do not rise from 3 to 5 stars: {stars}"
    for gate in criterion.gates:
        if not 1 <= gate.option <= len(criterion.options):
            yield f"the gate of {gate.star} stars refers to no option: {gate.option}"
        elif criterion.options[gate.option - 1].case is not None:
            yield f"the gate of {gate.star} stars stands on one case only"
