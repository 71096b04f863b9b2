"""What is said to people, in an answer."""

from pydantic import BaseModel

from contracts.text import Words


class Said(BaseModel):
    vi: str
    en: str

    @classmethod
    def of(cls, words: Words) -> "Said":
        return cls(**words._asdict())
