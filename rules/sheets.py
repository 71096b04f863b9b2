"""A filled score sheet (phiếu chấm điểm): for each criterion the number of the chosen option.

Options are counted from 1 in the order of the official sheet (QĐ 26/2026/QĐ-TTg, appendix II). A
scorer chooses exactly one option of every criterion; of tourism's two cases one applies.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rules.editions import Criterion, Edition, ProductSet
from rules.problems import Found, Wrong
from rules.product_sets import offered

SHOWN = 40
"""Characters of what somebody gave that a message repeats."""


@dataclass(frozen=True)
class Sheet:
    """Complete and right: made by `filled` and `begun` alone."""

    product_set: ProductSet
    options: Mapping[str, int]
    case: str | None = None


@dataclass(frozen=True)
class Begun:
    """`sheet`: what is chosen, and of each criterion that is `unfinished` the lowest option."""

    sheet: Sheet
    unfinished: tuple[str, ...]


def product_set(edition: Edition, number: object) -> ProductSet:
    if type(number) is int and number in edition.sets:
        return edition.sets[number]
    raise Wrong(
        Found(
            "unknown-set",
            "set",
            f"Không có bộ sản phẩm {_shown(number)}; các bộ được đánh số từ 1 đến 26.",
            f"There is no product set {_shown(number)}; they are numbered from 1 to 26.",
        )
    )


def filled(of: ProductSet, options: object, case: object = None) -> Sheet:
    """The sheet, or all that is wrong with it. Without a case it is the one chosen from."""
    chosen = _chosen(of, options)
    applies = _case(of, chosen, case)
    found = [*_strangers(of, chosen)]
    for criterion in of.criteria.values():
        found += _wrong(criterion, chosen, applies)
    if found:
        raise Wrong(*found)
    numbers = ((code, chosen[code]) for code in of.criteria)
    return Sheet(of, {code: number for code, number in numbers if type(number) is int}, applies)


def begun(of: ProductSet, options: object, case: object = None) -> Begun:
    """A sheet that need not be complete, or all that is wrong with what is chosen."""
    chosen = _chosen(of, options)
    applies = _case(of, chosen, case)
    unfinished = tuple(code for code in of.criteria if code not in chosen)
    counted = dict(chosen)
    for code in unfinished:
        counted[code] = next(of.criteria[code].choices(applies))
    return Begun(filled(of, counted, applies), unfinished)


def findings(edition: Edition, of: ProductSet, found: object) -> tuple[str, ...]:
    """What was found that ends the evaluation of a product of this set, each once, in order."""
    if not isinstance(found, Collection) or isinstance(found, str | Mapping):
        raise Wrong(
            Found(
                "wrong-type",
                "eliminated",
                "Các lý do loại phải là một danh sách.",
                "The findings that eliminate must be a list.",
            )
        )
    if strange := [one for one in found if not isinstance(one, str) or one not in of.findings]:
        known = offered(edition.findings_of(of))
        raise Wrong(
            *(
                Found(
                    "unknown-finding",
                    "eliminated",
                    f"Bộ {of.number} không có lý do loại {_shown(one)}; có: {known.vi}.",
                    f"Set {of.number} has no finding {_shown(one)}; there are: {known.en}.",
                )
                for one in strange
            )
        )
    return tuple(one for one in edition.findings if one in found)


def _chosen(of: ProductSet, options: object) -> Mapping[object, object]:
    if isinstance(options, Mapping):
        return options
    first = next(iter(of.criteria))
    raise Wrong(
        Found(
            "wrong-type",
            "options",
            f'Cần mã tiêu chí cùng số thứ tự của phương án đã chọn, như {{"{first}": 1}}.',
            f'Criterion codes with the number of the chosen option are needed: {{"{first}": 1}}.',
        )
    )


def _case(of: ProductSet, chosen: Mapping[object, object], case: object) -> str | None:
    if case is None and of.cases:
        return _chosen_from(of, chosen)
    if case is None or (isinstance(case, str) and case in of.cases):
        return case
    if of.cases:
        known = offered(of.cases)
        vi, en = f"có: {known.vi}", f"there are: {known.en}"
    else:
        vi, en = "bộ này không chia trường hợp", "this set has no cases"
    raise Wrong(
        Found(
            "unknown-case",
            "case",
            f"Không có trường hợp {_shown(case)}; {vi}.",
            f"There is no case {_shown(case)}; {en}.",
        )
    )


def _chosen_from(of: ProductSet, chosen: Mapping[object, object]) -> str:
    """The case of the first criterion that has cases; the others have to agree with it."""
    for code, criterion in of.criteria.items():
        number = chosen.get(code)
        if type(number) is int and number in range(1, len(criterion.options) + 1):
            case = criterion.options[number - 1].case
            if case is not None:
                return case
    return next(iter(of.cases))


def _strangers(of: ProductSet, chosen: Mapping[object, object]) -> Iterator[Found]:
    for code in chosen:
        if code not in of.criteria:
            heading = any(one.code == code for one in of.headings)
            yield Found(
                "unknown-criterion",
                f"options.{code}",
                f"Bộ {of.number} không có tiêu chí {_shown(code)}"
                + ("; đó là một nhóm tiêu chí." if heading else "."),
                f"Set {of.number} has no criterion {_shown(code)}"
                + ("; it heads a group of criteria." if heading else "."),
                str(code),
            )


def _wrong(
    criterion: Criterion, chosen: Mapping[object, object], case: str | None
) -> Iterator[Found]:
    code, last = criterion.code, len(criterion.options)

    def found(kind: str, vi: str, en: str) -> Found:
        return Found(
            kind, f"options.{code}", f"Tiêu chí {code}: {vi}", f"Criterion {code}: {en}", code
        )

    if code not in chosen:
        yield found("missing", "chưa chọn phương án.", "no option is chosen.")
        return
    number = chosen[code]
    if type(number) is not int:
        yield found(
            "wrong-type",
            f"phương án phải là một số nguyên, không phải {_shown(number)}.",
            f"an option is a whole number, not {_shown(number)}.",
        )
    elif not 1 <= number <= last:
        yield found(
            "unknown-option",
            f"không có phương án {_shown(number)}; các phương án từ 1 đến {last}.",
            f"there is no option {_shown(number)}; they are 1 to {last}.",
        )
    elif number not in (allowed := [*criterion.choices(case)]):
        least, most = allowed[0], allowed[-1]
        yield found(
            "other-case",
            f"phương án {number} thuộc trường hợp khác; hãy chọn từ {least} đến {most}.",
            f"option {number} is of the other case; choose from {least} to {most}.",
        )


def _shown(given: object) -> str:
    """As JSON writes it, so that "1" is told from 1, and never longer than a line bears."""
    text = json.dumps(given, ensure_ascii=False, default=lambda one: type(one).__name__)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
