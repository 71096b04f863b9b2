"""Text as people write it, in the one form that is kept. What each may hold: docs/text.md."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from rules import letters
from rules.misread import Code, misread
from rules.numbers import as_printed
from rules.product_sets import Label

LONGEST_LINE = 300
ONE_LINE = r"^[^\n\t]*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ID = r"^[0-9a-f-]{36}$"


class Words(NamedTuple):
    """The same said in Vietnamese and in English, for people."""

    vi: str
    en: str


class Said(BaseModel):
    """The same as part of an answer, or of what is kept."""

    model_config = ConfigDict(frozen=True)

    vi: str
    en: str

    @classmethod
    def of(cls, words: Words | Label) -> Self:
        return cls(vi=words.vi, en=words.en)


def misreading(text: str) -> Words | None:
    """That it is not what its author wrote, what to do, and what it would say where that is sure.
    To be asked before anything is mended: an old font's ư is a soft hyphen."""
    found = misread(text)
    if found is None:
        return None
    words = _MISREAD[found.code]
    if not found.reading:
        return words
    reading = " ".join(found.reading.split())[:100]
    return Words(f"{words.vi}; có lẽ là “{reading}”", f"{words.en}; it may say “{reading}”")


def _in_font(code: Code) -> Words:
    return Words(
        f"chữ theo phông cũ {code}, không phải Unicode: chuyển mã sang Unicode, như bằng UniKey",
        f"letters of old {code} fonts, not Unicode: convert them to Unicode, as UniKey does",
    )


def _decoded(code: Code) -> Words:
    return Words(
        f"chữ {code} bị đọc theo bảng mã khác: mở lại bản gốc theo {code}",
        f"{code} that was read by another encoding: open the original as {code}",
    )


_MISREAD = {
    Code.TCVN3: _in_font(Code.TCVN3),
    Code.VNI: _in_font(Code.VNI),
    Code.CP1258: _decoded(Code.CP1258),
    Code.UTF8: _decoded(Code.UTF8),
    Code.HTML: Words("chữ còn mã HTML: ghi lại bằng chữ", "codes of HTML: write the letters"),
    Code.LOST: Words(
        "chữ bị mất dấu khi lưu (có “?”): lưu lại dạng CSV UTF-8 hoặc XLSX",
        "letters were lost in saving (there is a “?”): save as CSV UTF-8 or XLSX",
    ),
}


def unreadable(text: str) -> Words | None:
    """What nobody can read in it."""
    found = letters.no_letter(text)
    return found and Words(
        f"có ký tự không đọc được ({found.code}) ở vị trí {found.place}: xoá hoặc gõ lại",
        f"a letter that nobody can read ({found.code}) at place {found.place}: delete it or type it"
        " anew",
    )


def unfit(name: str) -> Words | None:
    """What its author has to mend in a name, for it to be what it shows."""
    if words := misreading(name) or unreadable(name):
        return words
    shown = letters.mended(name)
    if shown.strip() and not letters.is_word(shown):
        return Words("phải có chữ hoặc số", "a letter or a digit is needed")
    found = letters.look_alike(shown)
    return found and Words(
        f"chữ ở vị trí {found.place} ({found.code}) thuộc bảng chữ cái khác, chỉ trông giống: gõ"
        " lại",
        f"the letter at place {found.place} ({found.code}) is of another alphabet and only looks"
        " alike: type it anew",
    )


def unfit_as(vi: str, en: str) -> PydanticCustomError:
    """For a validator to raise: doors answer it in these words."""
    return PydanticCustomError("unfit", "{en}", {"vi": vi, "en": en})


def _without(wrong: Callable[[str], Words | None]) -> BeforeValidator:
    def refuse(given: Any) -> Any:
        if isinstance(given, str) and (words := wrong(given)):
            raise unfit_as(*words)
        return given

    return BeforeValidator(refuse)


def _mended(given: Any) -> Any:
    return letters.mended(given) if isinstance(given, str) else given


# of several validators before, the last one named comes first
_READABLE = (BeforeValidator(_mended), _without(unreadable))
Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_LINE, pattern=ONE_LINE
    ),
    *_READABLE,
]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    *_READABLE,
]
Name = Annotated[Line, _without(unfit)]
"""As somebody gives one to a person, a producer, a product, a place: what looks the same is so."""
Search = Annotated[
    str,
    StringConstraints(max_length=200),
    *_READABLE,
    AfterValidator(lambda text: " ".join(text.split())),
]
"""As somebody types it or pastes it in; nothing of it is an operator."""
PaperNumber = Annotated[Line, AfterValidator(as_printed)]
"""Of a decision, as a door takes it: without “Số” before it, as templates print that."""
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
Id = Annotated[str, StringConstraints(pattern=ID)]
