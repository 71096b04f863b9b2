"""Text as people write it, in the one form that is kept."""

import re
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from rules.product_sets import Label
from rules.vietnamese import composed

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs, without tab and line feed."""
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


def without_controls(text: str) -> str:
    """Refuse characters that no keyboard writes; they hide in what was copied together."""
    if CONTROLS.search(text):
        raise PydanticCustomError("control_characters", "control characters")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=ONE_LINE),
    AfterValidator(without_controls),
    AfterValidator(composed),
]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(without_controls),
    AfterValidator(composed),
]
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
Id = Annotated[str, StringConstraints(pattern=ID)]
