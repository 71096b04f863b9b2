"""Text as people write it, in the one form that is kept. What each may hold: docs/text.md."""

from typing import Annotated, Any, LiteralString, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from rules import letters
from rules.product_sets import Label

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


def _readable(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if found := letters.no_letter(given):
        raise _refused("no_letter", found)
    return letters.mended(given)


def _named(text: str) -> str:
    if not letters.is_word(text):
        raise PydanticCustomError("no_word", "no letter and no digit")
    if found := letters.look_alike(text):
        raise _refused("look_alike", found)
    return text


def _refused(kind: LiteralString, found: letters.Strange) -> PydanticCustomError:
    return PydanticCustomError(
        kind, "{code} at character {place}", {"code": found.code, "place": found.place}
    )


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=ONE_LINE),
    BeforeValidator(_readable),
]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    BeforeValidator(_readable),
]
Name = Annotated[Line, AfterValidator(_named)]
"""As somebody gives one to a person, a producer, a product, a place: what looks the same is so."""
Search = Annotated[
    str,
    StringConstraints(max_length=200),
    BeforeValidator(_readable),
    AfterValidator(lambda text: " ".join(text.split())),
]
"""As somebody types it or pastes it in; nothing of it is an operator."""
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
Id = Annotated[str, StringConstraints(pattern=ID)]
