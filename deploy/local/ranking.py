"""./ocop rank: score sheets as JSON lines, each answered by its ranking or by what is wrong."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from rules.editions import Edition, edition
from rules.problems import Found, Wrong
from rules.ranking import Ranking, rank
from rules.sheets import filled, findings, product_set

KEYS = ("set", "options", "case", "eliminated")


def rank_all(lines: BinaryIO) -> bool:
    """Whether every line was a sheet. Each is answered as soon as it is read."""
    right = True
    for answer in answers(lines):
        right = right and "problem" not in answer
        text = json.dumps(answer, ensure_ascii=False)
        # what UTF-8 cannot write, half a character pair, stays escaped as it came
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
        sys.stdout.buffer.flush()
    return right


def answers(lines: BinaryIO) -> Iterator[dict[str, Any]]:
    criteria = edition()
    for line in lines:
        if line.strip():
            yield _answer(criteria, line)


def _answer(criteria: Edition, line: bytes) -> dict[str, Any]:
    try:
        given = _read(line)
        of = product_set(criteria, given.get("set"))
        found = given.get("eliminated")
        eliminated = () if found is None else findings(criteria, of, found)
        if eliminated:  # ends it, whatever else was scored
            return _told(rank([], eliminated=eliminated))
        return _told(rank([filled(of, given.get("options"), given.get("case"))]))
    except Wrong as wrong:
        return {"problem": _problem(wrong)}


def _read(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        place = error.pos + 1
        raise _unreadable(f"sai JSON ở ký tự {place}", f"not JSON at character {place}") from error
    except UnicodeDecodeError as error:
        raise _unreadable("không phải UTF-8", "not UTF-8") from error
    except (ValueError, RecursionError) as error:  # thousands of digits or of brackets
        raise _unreadable("quá dài hoặc quá sâu", "too long or too deep") from error
    if not isinstance(given, dict):
        raise _unreadable("không phải một đối tượng JSON", "not a JSON object")
    known = ", ".join(KEYS)
    if strange := [
        Found("unknown-key", key, f"Không có mục này; có: {known}.", f"Known are: {known}.")
        for key in given
        if key not in KEYS
    ]:
        raise Wrong(*strange)
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON would let the last of two equal keys win without a word."""
    counts = Counter(key for key, _ in pairs)
    if twice := [key for key, count in counts.items() if count > 1]:
        raise Wrong(
            *(Found("twice", key, "Viết hai lần.", "It is written twice.") for key in twice)
        )
    return dict(pairs)


def _unreadable(vi: str, en: str) -> Wrong:
    return Wrong(Found("unreadable", "", f"Dòng này {vi}.", f"This line is {en}."))


def _told(ranking: Ranking) -> dict[str, Any]:
    total = ranking.total
    told: dict[str, Any] = {
        "total": None if total is None else int(total),  # one sheet's points are whole
        "band": ranking.band,
        "star": ranking.star,
        "failed": [gate._asdict() for gate in ranking.failed],
    }
    return told | ({"eliminated": [*ranking.eliminated]} if ranking.eliminated else {})


def _problem(wrong: Wrong) -> dict[str, Any]:
    return {
        "vi": "Phiếu chấm điểm chưa đúng.",
        "en": "The score sheet is not right.",
        "errors": [
            {key: value for key, value in one._asdict().items() if value is not None}
            for one in wrong.found
        ],
    }
