from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import signed_in
from chassis.http.app import PREFIX
from chassis.store.unit_of_work import run
from services.dossier.application.completeness import see_completeness
from services.dossier.domain.completeness import Finding
from services.dossier.entrypoints.http.dossiers import DossierPath

completeness = APIBlueprint("completeness", __name__, url_prefix=f"{PREFIX}/dossiers")


class Findings(BaseModel):
    items: list[Finding]


@completeness.get("/<id>/completeness", responses={200: Findings})
@signed_in(below=True)
def read(path: DossierPath) -> dict[str, Any]:
    """What blocks the submission, what the help team will ask for, what is advised: in this order,
    each with its rule and, where it is known, decision and article."""
    return Findings(items=run(see_completeness, path.id)).model_dump(mode="json")
