"""Enterprises by their names: what a name says that one is, written out or shortened, and which.

How a kind of enterprise is shortened is said here alone.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from rules.vietnamese import folded, key


class ProducerKind(StrEnum):
    COOPERATIVE = "cooperative"  # hợp tác xã
    COOPERATIVE_GROUP = "cooperative-group"  # tổ hợp tác
    ENTERPRISE = "enterprise"  # doanh nghiệp
    HOUSEHOLD = "household"  # hộ kinh doanh, cơ sở sản xuất


class Form(NamedTuple):
    """Words by which a name says what one is, or does; `short`: as people shorten them."""

    words: str
    short: tuple[str, ...] = ()
    kind: ProducerKind | None = None


FORMS = (
    Form("hợp tác xã", ("htx",), ProducerKind.COOPERATIVE),
    Form("liên hiệp hợp tác xã", ("lhhtx", "liên hiệp htx"), ProducerKind.COOPERATIVE),
    Form("tổ hợp tác", ("tht",), ProducerKind.COOPERATIVE_GROUP),
    Form("công ty", ("cty", "c ty"), ProducerKind.ENTERPRISE),
    Form("công ty cổ phần", ("ctcp", "ct cp"), ProducerKind.ENTERPRISE),
    Form("công ty trách nhiệm hữu hạn", ("cttnhh", "ct tnhh"), ProducerKind.ENTERPRISE),
    Form("doanh nghiệp", ("dn",), ProducerKind.ENTERPRISE),
    Form("doanh nghiệp tư nhân", ("dntn", "dn tư nhân"), ProducerKind.ENTERPRISE),
    Form("tập đoàn", ("td",), ProducerKind.ENTERPRISE),
    Form("hộ kinh doanh", ("hkd", "hộ kd"), ProducerKind.HOUSEHOLD),
    Form("cơ sở", ("cs",), ProducerKind.HOUSEHOLD),
    Form("cơ sở sản xuất", ("cssx",), ProducerKind.HOUSEHOLD),
    Form("trách nhiệm hữu hạn", ("tnhh",)),
    Form("một thành viên", ("mtv", "1 tv", "1tv", "1 thành viên")),
    Form("hai thành viên", ("2 tv", "2tv", "2 thành viên")),
    Form("cổ phần", ("cp",)),
    Form("cổ phần tập đoàn", ("cptd",)),
    Form("chi nhánh"),
    Form("sản xuất", ("sx",)),
    Form("kinh doanh", ("kd",)),
    Form("sản xuất kinh doanh", ("sxkd",)),
    Form("thương mại", ("tm",)),
    Form("thương mại dịch vụ", ("tmdv",)),
    Form("sản xuất thương mại", ("sxtm",)),
    Form("dịch vụ", ("dv",)),
    Form("dịch vụ nông nghiệp", ("dvnn",)),
    Form("nông nghiệp", ("nn",)),
    Form("xuất nhập khẩu", ("xnk",)),
    Form("du lịch", ("dl",)),
    Form("chế biến"),
    Form("chăn nuôi"),
    Form("phát triển"),
    Form("và"),
)
_BY_WORDS = {
    tuple(folded(way).split()): form for form in FORMS for way in (form.words, *form.short)
}
_LONGEST = max(map(len, _BY_WORDS))
_INITIAL = re.compile(r"(?<!\w)(\w)\.(?=\w(?!\w))")
"""Of letters with dots between, H.T.X or T.N.H.H, each but the last."""


class Enterprise(NamedTuple):
    """What a name says. `proper`: all of it but the forms, as a key."""

    kind: ProducerKind | None
    proper: str


def read(name: str) -> Enterprise:
    """The kind is that of the first form that has one: a branch (chi nhánh) has none of its own."""
    parts = [*_parts(name)]
    kinds = (one.kind for one in parts if isinstance(one, Form))
    proper = " ".join(one for one in parts if isinstance(one, str))
    return Enterprise(next((kind for kind in kinds if kind), None), proper)


def written_out(name: str) -> str:
    """As a key, with every short form as long as it is."""
    return " ".join(one.words if isinstance(one, Form) else one for one in _parts(name))


def may_be_same(one: str, other: str) -> bool:
    """Whether two names may be one enterprise's: the same own name, with or without diacritics,
    and not two kinds. It shows what a person should look at, and settles nothing."""
    first, second = read(one), read(other)
    if first.kind and second.kind and first.kind is not second.kind:
        return False
    if not first.proper or not second.proper:
        return folded(written_out(one)) == folded(written_out(other))
    ours, theirs = first.proper.split(), second.proper.split()
    return len(ours) == len(theirs) and all(map(_typed_alike, ours, theirs))


def named_in(text: str) -> Iterator[str]:
    """The names that a text about somebody's work may hold: all of it, what stands between commas,
    brackets and dashes, and of each what follows a position (giám đốc HTX ...)."""
    for part in dict.fromkeys((text, *re.split(r"[,;()]|\s[-–—]\s", text))):
        yield part
        words = part.split()
        behind = (" ".join(words[at:]) for at in range(1, len(words)))
        yield from (one for one in behind if _begins_with_kind(one))


def _parts(name: str) -> Iterator[Form | str]:
    """Forms, the longest that stands there, and the words between them."""
    words = re.findall(r"\w+", key(_INITIAL.sub(r"\1", name)))
    typed = [folded(one) for one in words]
    at = 0
    while at < len(words):
        lengths = range(min(_LONGEST, len(words) - at), 0, -1)
        stands = (one for one in lengths if tuple(typed[at : at + one]) in _BY_WORDS)
        length = next(stands, 0)
        yield _BY_WORDS[tuple(typed[at : at + length])] if length else words[at]
        at += length or 1


def _begins_with_kind(text: str) -> bool:
    first = next(_parts(text), None)
    return isinstance(first, Form) and first.kind is not None


def _typed_alike(one: str, other: str) -> bool:
    return one == other or one == folded(other) or folded(one) == other
