"""Filled sheets as the story wants them: a total, with all gates of a star but one."""

from rules.editions import ProductSet, edition


class Impossible(ValueError):
    """No choice of options gives this total under these gates."""


def options(number: int, total: int, star: int, missing: str | None = None) -> dict[str, int]:
    """Options of set `number` that add up to `total` points and keep every gate up to `star`; of
    the criterion `missing` the best option that misses its gate of that star.

    Each total is reached with the lowest options first; the set has no cases.
    """
    of = edition().sets[number]
    reached: dict[int, dict[str, int]] = {0: {}}
    for code in of.criteria:
        after: dict[int, dict[str, int]] = {}
        for choice, points in _allowed(of, code, star, code == missing):
            for sum_, chosen in reached.items():
                after.setdefault(sum_ + points, chosen | {code: choice})
        reached = after
    if total not in reached:
        raise Impossible(f"set {number}: no {total} points with the gates of {star} stars")
    return reached[total]


def _allowed(of: ProductSet, code: str, star: int, missing: bool) -> list[tuple[int, int]]:
    criterion = of.criteria[code]
    least = max((gate.option for gate in criterion.gates if gate.star <= star), default=1)
    numbered = [(number, option.points) for number, option in enumerate(criterion.options, 1)]
    if missing:
        return [numbered[least - 2]]
    return numbered[least - 1 :]
