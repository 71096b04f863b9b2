"""./ocop rank, as a person or a program calls it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rules.editions import edition
from tests.rules.strategies import SETS, best_of, with_options

ROOT = Path(__file__).parents[2]
GOOD = with_options(best_of(SETS[1]), **{"4.3": 4, "4.2": 2, "3.3": 2, "3.1": 2, "1.1": 2})
MISSES_ONE = with_options(GOOD, **{"3.4": 1})


def line(sheet: Any, **more: object) -> str:
    given = {"set": sheet.product_set.number, "options": sheet.options}
    return json.dumps(given | more)


def called(content: str | bytes, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    data = content.encode() if isinstance(content, str) else content
    command = [sys.executable, "-m", "deploy.local", "rank", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, timeout=60)
    assert done.stderr == b""
    return done.returncode, [json.loads(one) for one in done.stdout.splitlines()]


def test_each_sheet_is_answered_in_its_order() -> None:
    code, answers = called(f"{line(MISSES_ONE)}\n\n{line(GOOD)}\n")
    assert code == 0
    assert answers == [
        {"total": 92, "band": 5, "star": 3, "failed": [{"criterion": "3.4", "star": 4}]},
        {"total": 93, "band": 5, "star": 5, "failed": []},
    ]


def test_a_file_is_read_like_the_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "sheets.jsonl"
    file.write_text(f"\ufeff{line(GOOD)}", encoding="utf-8")
    assert called("", str(file)) == called(line(GOOD)) == called(line(GOOD), "-")


def test_every_set_is_known() -> None:
    code, answers = called("\n".join(line(best_of(of)) for of in edition().sets.values()))
    assert code == 0
    assert answers == [{"total": 100, "band": 5, "star": 5, "failed": []}] * 26


def test_one_bad_line_does_not_stop_the_others() -> None:
    code, answers = called(f"{line(GOOD)}\n{{\n{line(GOOD)}\n")
    assert code == 1
    assert ["problem" in answer for answer in answers] == [False, True, False]


def test_tourisms_case_may_be_said() -> None:
    tour = best_of(SETS[26], "organisation")
    right = line(tour, case="organisation", eliminated=None)
    wrong = line(tour, case="community", eliminated=[])
    code, [first, second] = called(f"{right}\n{wrong}")
    assert code == 1
    assert first["star"] == 5
    found = [(one["kind"], one["criterion"]) for one in second["problem"]["errors"]]
    assert found == [("other-case", "8"), ("other-case", "9"), ("other-case", "15")]


def test_what_was_found_ends_it() -> None:
    code, [answer] = called('{"set": 1, "eliminated": ["forged-dossier"]}')
    assert code == 0
    assert answer == {
        "total": None,
        "band": None,
        "star": None,
        "failed": [],
        "eliminated": ["forged-dossier"],
    }


WRONG = [
    (b"{", "unreadable"),
    (b"[]", "unreadable"),
    (b"\xff", "unreadable"),
    (b"[" * 100_000, "unreadable"),
    (b'{"set": ' + b"9" * 5000 + b"}", "unreadable"),
    (b'{"set": 1, "set": 2}', "twice"),
    (b'{"set": 1, "options": {"1.1": 1, "1.1": 2}}', "twice"),
    (b'{"set": 1, "optoins": {}}', "unknown-key"),
    (b'{"options": {}}', "unknown-set"),
    (b'{"set": 27}', "unknown-set"),
    (b'{"set": 1}', "wrong-type"),
    (b'{"set": 1, "options": []}', "wrong-type"),
    (b'{"set": 1, "options": {}, "case": "community"}', "unknown-case"),
    (b'{"set": 1, "options": {}, "eliminated": "forged-dossier"}', "wrong-type"),
    (b'{"set": 1, "options": {}, "eliminated": ["ugly"]}', "unknown-finding"),
    (b'{"set": 1, "options": {"\\ud800": 1}}', "unknown-criterion"),
]


def test_what_is_no_sheet_is_a_problem_in_both_languages() -> None:
    code, answers = called(b"\n".join(content for content, _ in WRONG))
    assert code == 1
    assert [[*answer] for answer in answers] == [["problem"]] * len(WRONG)
    first = [answer["problem"]["errors"][0] for answer in answers]
    assert [one["kind"] for one in first] == [kind for _, kind in WRONG]
    assert all(one["vi"] and one["en"] and one["vi"] != one["en"] for one in first)
