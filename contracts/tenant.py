"""Tenants: who works on the platform, each with records of its own."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.text import Line, Slug


class Purpose(StrEnum):
    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"  # found only under its own tenant, counted nowhere else


class UnitKind(StrEnum):
    PROVINCE = "province"  # tỉnh
    CITY = "city"  # thành phố thuộc tỉnh
    TOWN = "town"  # thị xã
    DISTRICT = "district"  # huyện


class Unit(BaseModel):
    """An administrative unit, dated: districts ended on 1/7/2025, their tenants live on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: UnitKind
    name: Line
    code: Annotated[str, StringConstraints(pattern=r"^\d{2,5}$")] | None = None
    since: date | None = None
    until: date | None = None


class TenantName(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: Line
    en: Line


class Tenant(BaseModel):
    """`routes`: which instance of a service keeps this tenant's records."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: Slug
    name: TenantName
    parent: Slug | None = None
    purpose: Purpose
    unit: Unit
    routes: dict[Slug, Slug] = Field(min_length=1)
