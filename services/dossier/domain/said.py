"""The same said in Vietnamese and in English, where it is part of an answer."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from contracts.text import Words
from rules.product_sets import Label


class Said(BaseModel):
    model_config = ConfigDict(frozen=True)

    vi: str
    en: str

    @classmethod
    def of(cls, words: Words | Label) -> Self:
        return cls(vi=words.vi, en=words.en)
