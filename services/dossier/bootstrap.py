"""What dossier's processes stand on."""

import services.dossier.adapters.certificates
import services.dossier.adapters.dossiers
import services.dossier.adapters.evidence
import services.dossier.adapters.imports
import services.dossier.adapters.packages
import services.dossier.adapters.producers
import services.dossier.adapters.products
import services.dossier.adapters.proposed_changes
import services.dossier.adapters.reviews
import services.dossier.adapters.rounds  # noqa: F401  its documents
from chassis.tenants import Tenants
from services.dossier.adapters.awards import part_registrations
from services.dossier.adapters.product_sets import assigned_sets
from services.dossier.adapters.products import read_likenesses_anew
from services.dossier.adapters.sheets import CSV, XLSX, read_sheet, template, written
from services.dossier.domain.addresses import Gazetteer

__all__ = [
    "ASSIGNED_SETS", "CSV", "XLSX", "gazetteer", "part_registrations", "read_likenesses_anew",
    "read_sheet", "template", "written",
]  # fmt: skip

ASSIGNED_SETS = assigned_sets()


def gazetteer(tenants: Tenants, slug: str) -> Gazetteer:
    """What an address may name in a list of this tenant's: a district's list, itself alone."""
    tenant = tenants.get(slug)
    below = tenants.children(slug)
    return Gazetteer(tenant if below else tenants.top(slug), below or [tenant])
