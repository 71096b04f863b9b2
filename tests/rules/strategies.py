"""Sheets as hypothesis draws them, and as a hand fills them."""

from hypothesis import strategies as st

from rules.editions import ProductSet, edition
from rules.sheets import Sheet, filled

SETS = edition().sets


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    of = draw(st.sampled_from([*SETS.values()]))
    case = draw(st.sampled_from([*of.cases])) if of.cases else None
    choices = st.fixed_dictionaries(
        {code: st.sampled_from([*one.choices(case)]) for code, one in of.criteria.items()}
    )
    return filled(of, draw(choices), case)


@st.composite
def good_sheets(draw: st.DrawFn) -> Sheet:
    """Most options the best: near the upper bands, where gates decide."""
    best = best_of(draw(st.sampled_from([*SETS.values()])))
    codes = st.lists(st.sampled_from([*best.options]), unique=True, max_size=8)
    return with_options(best, **{code: 1 for code in draw(codes)})


def best_of(of: ProductSet, case: str | None = None) -> Sheet:
    case = case or next(iter(of.cases), None)
    return filled(of, {code: [*one.choices(case)][-1] for code, one in of.criteria.items()}, case)


def with_options(sheet: Sheet, **options: int) -> Sheet:
    """The same sheet with other options; the worst of its case for 1."""
    case, criteria = sheet.case, sheet.product_set.criteria
    chosen = {code: [*criteria[code].choices(case)][number - 1] for code, number in options.items()}
    return filled(sheet.product_set, {**sheet.options, **chosen}, case)
