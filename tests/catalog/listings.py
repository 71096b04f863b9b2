"""The 108 products of the report as listings, for the tests of search."""

import csv
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from chassis.tenants import Tenants
from contracts.catalog import ListedCertificate, ListedPlace, ListedProducer, Listing
from contracts.dossier import ProductSet, SetBasis
from contracts.evaluation import Origin
from rules.vietnamese import folded

ROOT = Path(__file__).parents[2]
PRODUCTS = ROOT / "data" / "an-giang-2023-products.csv"
RANKS = {"5": (5, None), "potential-5": (4, 5), "4": (4, None), "3": (3, None)}
SETS = {"tra ": 12, "ruou ": 15, "kho ": 8, "mam ": 8, "mat ": 4, "gao ": 3, "nuoc mam ": 9}


def an_id(*parts: object) -> str:
    """The same for the same parts."""
    return str(uuid5(NAMESPACE_URL, "/".join(str(part) for part in parts)))


def listing(
    name: str,
    tenant: str,
    unit: str,
    *,
    producer: str = "Cơ sở Mẫu",
    address: str = "xã Mẫu",
    province: str = "an-giang",
    star: int = 3,
    potential: int | None = None,
    set: int | None = None,
    revision: int = 1,
    listed: bool = True,
    number: object = "",
) -> Listing:
    id = an_id(name, producer, tenant, number)
    return Listing(
        id=id,
        revision=revision,
        listed=listed,
        name=name,
        producer=ListedProducer(id=an_id(producer), name=producer),
        place=ListedPlace(address=address, tenant=tenant, unit=unit, province=province),
        set=ProductSet(number=set, basis=SetBasis.ASSIGNED) if set else None,
        star=star,
        potential=potential,
        certificate=ListedCertificate(id=an_id("certificate", id), origin=Origin.IMPORTED),
    )


def assigned(name: str) -> int | None:
    return next((set for word, set in SETS.items() if folded(name).startswith(word)), None)


def the_108(tenants: Tenants) -> list[Listing]:
    districts = {folded(one.unit.name): one for one in tenants.children("an-giang")}
    districts["tp.lx"] = tenants.get("long-xuyen")

    def district(address: str) -> tuple[str, str]:
        text = folded(address)
        tenant = districts[max(districts, key=text.rfind)]
        return tenant.slug, tenant.name.vi

    with PRODUCTS.open(encoding="utf-8-sig", newline="") as lines:
        return [
            listing(
                row["product"], *district(row["address"]),
                producer=row["producer"], address=row["address"],
                star=RANKS[row["list"]][0], potential=RANKS[row["list"]][1],
                set=assigned(row["product"]),
                number=(row["list"], row["number"]),
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip
