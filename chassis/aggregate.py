"""What every aggregate is. Pure: no database, no web; the domain may import it."""

from typing import ClassVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


class Aggregate(BaseModel):
    """Something with an identity and a life of its own, read, changed and kept as a whole.

    `version` counts how often it was kept. A computed field is kept beside the others so that it
    can be looked for, and never read back.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    audited: ClassVar[bool] = True
    """Whether each save is an act worth a row in `acts`. A projection's history is its events."""
    kept: ClassVar[bool] = False
    """Whether each version stays whole beside the present one."""

    id: str = Field(default_factory=lambda: str(uuid4()))
    tenant: str
    version: int = 0
