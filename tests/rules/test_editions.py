import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rules.editions import Edition, Gate, Mark, built, edition, load, violations
from rules.reading import DATA, text

FOLDER = DATA / "editions" / "2026"
OFFICIAL = Path(__file__).parents[3] / "shared" / "data" / "criteria-qd26-2026.json"


@pytest.fixture(scope="module")
def official() -> list[dict[str, Any]]:
    if not OFFICIAL.exists():
        pytest.skip("../shared/data, the transcript of the decision, is not here")
    return json.loads(OFFICIAL.read_text())["sets"]


def criteria(official: list[dict[str, Any]]) -> list[tuple[int, str, dict[str, Any]]]:
    return [
        (one["no"], criterion["code"], criterion)
        for one in official
        for section in one["sections"]
        for criterion in section["criteria"]
    ]


def test_every_set_adds_up_and_can_be_scored() -> None:
    assert [*violations(edition())] == []


def test_the_edition_is_whole() -> None:
    sets = edition().sets.values()
    asked = [criterion for one in sets for criterion in one.criteria.values()]
    assert len(sets) == 26
    assert len(asked) == 787
    assert sum(len(criterion.options) for criterion in asked) == 2579


def test_what_is_doubtful_in_the_transcript_stays_visible() -> None:
    found = [(one.number, c) for one in edition().sets.values() for c in one.criteria.values()]
    suspect = [(number, c.code) for number, c in found if c.suspect]
    marks = Counter(option.mark for _, c in found for option in c.options if option.mark)
    assert suspect == [(7, "3.1"), (10, "3.5"), (23, "6.2"), (23, "9")]
    assert marks == {Mark.OPTION_INFERRED: 44, Mark.POINTS_INFERRED: 4, Mark.POINTS_REPAIRED: 2}


def test_only_tourism_has_cases_and_in_three_criteria() -> None:
    of_cases = {
        (one.number, code): [option.case for option in criterion.options]
        for one in edition().sets.values()
        for code, criterion in one.criteria.items()
        if any(option.case for option in criterion.options)
    }
    halves = ["community", "community", "organisation", "organisation"]
    assert of_cases == {(26, "8"): halves, (26, "9"): halves, (26, "15"): halves}
    assert [one.number for one in edition().sets.values() if one.cases] == [26]


def test_findings_that_eliminate_are_known_where_they_can_be_found() -> None:
    sets = edition().sets
    assert all("forged-dossier" in one.findings for one in sets.values())
    assert [n for n, one in sets.items() if "no-food-safety-certificate" in one.findings] == [
        *range(1, 18)
    ]
    assert sets[26].findings == {"forged-dossier", "infringing-ip"}


def test_every_word_is_used_and_tells_options_apart() -> None:
    sets, words = edition().sets.values(), text(FOLDER / "words.yaml")
    used = {criterion.question for one in sets for criterion in one.criteria.values()}
    assert used == words["questions"].keys()
    for one in sets:
        for criterion in one.criteria.values():
            for case in one.cases or (None,):
                offered = [criterion.options[number - 1] for number in criterion.choices(case)]
                assert len({option.label.vi for option in offered}) == len(offered)
                assert len({option.label.en for option in offered}) == len(offered)


def test_labels_are_composed_and_short() -> None:
    content = (FOLDER / "words.yaml").read_text() + (FOLDER / "figures.yaml").read_text()
    assert content == unicodedata.normalize("NFC", content)
    every = [
        label
        for one in edition().sets.values()
        for criterion in one.criteria.values()
        for label in (criterion.label, *(option.label for option in criterion.options))
    ]
    assert max(len(words) for label in every for words in label) <= 120


# against the transcript of the decision


def test_codes_and_their_order_are_the_official_ones(official: list[dict[str, Any]]) -> None:
    leaves = [(number, code) for number, code, one in criteria(official) if one["leaf"]]
    ours = [(one.number, code) for one in edition().sets.values() for code in one.criteria]
    assert ours == leaves


def test_headings_carry_the_official_sums(official: list[dict[str, Any]]) -> None:
    heads = [(n, code, one["max"]) for n, code, one in criteria(official) if not one["leaf"]]
    ours = [(one.number, h.code, h.most) for one in edition().sets.values() for h in one.headings]
    assert ours == heads


def test_every_point_and_gate_equals_the_official_one(official: list[dict[str, Any]]) -> None:
    for number, code, theirs in criteria(official):
        if theirs["leaf"]:
            ours = edition().sets[number].criteria[code]
            assert [option.points for option in ours.options] == [
                option["points"] for option in theirs["options"]
            ]
            assert [*ours.gates] == [
                Gate(option["gate"], place)
                for place, option in enumerate(theirs["options"], 1)
                if option["gate"]
            ]
            assert (ours.section, ours.most) == (section_of(official, number, code), theirs["max"])


def section_of(official: list[dict[str, Any]], number: int, code: str) -> str:
    [one] = [one for one in official if one["no"] == number]
    [found] = [s for s in one["sections"] if code in [c["code"] for c in s["criteria"]]]
    return found["code"]


def test_marks_and_cases_stand_where_the_transcript_has_them(
    official: list[dict[str, Any]],
) -> None:
    kinds = {None: None, "bản": Mark.OPTION_INFERRED, "ô": Mark.POINTS_INFERRED}
    for number, code, theirs in criteria(official):
        if theirs["leaf"]:
            ours = edition().sets[number].criteria[code]
            assert (ours.suspect is not None) == ("suspect" in theirs)
            for option, source in zip(ours.options, theirs["options"], strict=True):
                correction = source.get("correction")
                kind = kinds[correction and correction.split()[0]]
                repaired = bool(source.get("source_points"))
                assert option.mark == (Mark.POINTS_REPAIRED if repaired else kind)
                assert (option.case == "community") == source.get("case", "").startswith("a.")
                assert (option.case == "organisation") == source.get("case", "").startswith("b.")


def test_no_sentence_of_the_decision_is_copied(official: list[dict[str, Any]]) -> None:
    theirs = {
        words.casefold()
        for _, _, one in criteria(official)
        for words in (one["label"], *(option["label"] for option in one["options"]))
    }
    words = text(FOLDER / "words.yaml")["questions"].values()
    ours = [pair.split(" | ")[0] for one in words for pair in (one["label"], *one["options"])]
    copied = [label for label in ours if label.casefold() in theirs]
    assert [label for label in copied if len(label.split()) > 6] == []


# what the checker finds


def changed(number: str, **rows: str) -> Edition:
    figures, words = text(FOLDER / "figures.yaml"), text(FOLDER / "words.yaml")
    figures["sets"][number] |= {code.strip("_").replace("_", "."): rows[code] for code in rows}
    return built(figures, words)


@pytest.mark.parametrize(
    ("number", "rows", "line"),
    [
        ("1", {"_6_3": "flavour 0 1 2 4"}, "set 1, case None: sections"),
        ("26", {"_8": "business 1 3 / 1 2"}, "set 26, case organisation: sections"),
        ("1", {"_6_3": "flavour 0 2 1 3"}, "set 1, 6.3: options do not rise"),
        ("1", {"_6_3": "flavour 0 1*5 2*4 3"}, "set 1, 6.3: gates do not rise"),
        ("1", {"_6_3": "flavour 0 1*2 2 3"}, "set 1, 6.3: gates do not rise"),
        ("1", {"_6_3": "flavour 0 1*4 2*4 3"}, "set 1, 6.3: gates do not rise"),
        ("26", {"_8": "business 1 3*4 / 1 3"}, "set 26, 8: the gate of 4 stars stands on one"),
        ("1", {"_9_1": "senses"}, "set 1, 9.1: a heading over nothing"),
    ],
)
def test_what_cannot_be_scored_with_is_told(number: str, rows: dict[str, str], line: str) -> None:
    found = [*violations(changed(number, **rows))]
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("flavour 0 1 2", "not as many points as options"),
        ("flavour 0 1 2 3 4", "not as many points as options"),
        ("flavour 0 1 2 3,5", "not points: 3,5"),
        ("flavour 0 1 / 2 / 3", "longer"),
    ],
)
def test_a_row_that_cannot_be_read_is_no_edition(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changed("1", _6_3=row)


def test_a_code_written_twice_is_no_edition(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    figures = tmp_path / "figures.yaml"
    row = "    6.3: flavour 0 1 2 3\n"
    figures.write_text(figures.read_text().replace(row, row + row))
    with pytest.raises(ValueError, match=r"written twice: 6\.3"):
        load(tmp_path)
