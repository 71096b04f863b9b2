"""A product in schema.org's words, for search engines. Only what is known, and confirmed."""

from typing import Any

from contracts.dossier import SetBasis
from portal.catalog import Product


def product(one: Product) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "productID": one.id,
        "name": one.name,
        "award": f"OCOP {one.star} sao",
        "manufacturer": {
            "@type": "Organization",
            "name": one.producer.name,
            "address": one.place.address,
        },
    }
    if one.set and one.set.basis is SetBasis.CONFIRMED and one.set_label:
        data["category"] = one.set_label.vi
    return data
