from typing import Any

from flask_openapi3.blueprint import APIBlueprint

from chassis.http.access import signed_in
from chassis.http.app import PREFIX
from chassis.store.unit_of_work import run
from services.dossier.application.prediction import predict_dossier
from services.dossier.domain.prediction import Predicted
from services.dossier.entrypoints.http.dossiers import DossierPath

prediction = APIBlueprint("prediction", __name__, url_prefix=f"{PREFIX}/dossiers")


@prediction.get("/<id>/prediction", responses={200: Predicted})
@signed_in(below=True)
def read(path: DossierPath) -> dict[str, Any]:
    """The star that the saved self-score would reach, what holds it back, and the cheapest changes
    to the next. What is not chosen yet counts as its lowest option."""
    return run(predict_dossier, path.id).model_dump(mode="json")
