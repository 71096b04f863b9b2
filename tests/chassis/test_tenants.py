from datetime import date

import pytest

from chassis.problems import NotFound
from chassis.scope import SERVICE
from chassis.tenants import Tenants
from contracts.tenant import Purpose

DISTRICTS = {
    "long-xuyen", "chau-doc", "an-phu", "tan-chau", "phu-tan", "chau-phu", "tinh-bien", "tri-ton",
    "chau-thanh", "cho-moi", "thoai-son",
}  # fmt: skip


def test_an_giang_has_its_eleven_districts_which_ended_in_2025(tenants):
    assert tenants.below("an-giang") == DISTRICTS
    assert {child.unit.until for child in tenants.children("an-giang")} == {date(2025, 6, 30)}


def test_the_demonstration_is_no_production(tenants):
    assert tenants.of_purpose(Purpose.DEMONSTRATION) == {"tinh-mau", "huyen-mau"}
    assert tenants.of_purpose(Purpose.PRODUCTION) == DISTRICTS | {"an-giang"}
    assert tenants.top("huyen-mau").slug == "tinh-mau"


def test_an_unknown_tenant_is_not_found(tenants):
    with pytest.raises(NotFound):
        tenants.get("ha-noi")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parent": "nowhere"}, "is no tenant"),
        ({"purpose": "demonstration"}, "another purpose"),
        ({"slug": SERVICE}, "no tenant"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tenants, changes, reason):
    district = tenants.get("tri-ton").model_dump(mode="json") | changes
    wrong = type(tenants.get("tri-ton")).model_validate(district)
    with pytest.raises(ValueError, match=reason):
        Tenants([tenants.get("an-giang"), wrong])
