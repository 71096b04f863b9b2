"""A product in schema.org's words, for search engines, in the page's language. Only what is known,
and confirmed."""

from typing import Any

from contracts.dossier import SetBasis
from portal.catalog import Product
from portal.words import say, word


def product(one: Product, address: str) -> dict[str, Any]:
    """`address`: the page's own, whole."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": address,
        "url": address,
        "identifier": {"@type": "PropertyValue", "propertyID": "OCOP", "value": one.id},
        "productID": one.id,
        "name": one.name,
        "award": say("OCOP {n} sao", "OCOP {n} stars", n=one.star),
        "manufacturer": {
            "@type": "Organization",
            "name": one.producer.name,
            "address": one.place.address,
        },
    }
    if one.today and one.today.name:
        data["alternateName"] = one.today.name
    if one.set and one.set.basis is SetBasis.CONFIRMED and one.set_label:
        data["category"] = word(one.set_label)
    return data
