from chassis.problems import FieldProblem, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id
from rules.problems import Wrong
from services.dossier.application.dossiers import see_dossier
from services.dossier.domain.prediction import Predicted, options_of, predicted


def predict_dossier(work: UnitOfWork, dossier_id: Id) -> Predicted:
    """Of the draft as it is saved. Unprocessable where its options do not go together."""
    dossier = see_dossier(work, dossier_id).dossier
    try:
        return predicted(dossier.forms.product_set, options_of(dossier.draft), dossier.case)
    except Wrong as wrong:
        raise Unprocessable(
            "Có phương án chưa đúng nên chưa dự đoán được.",
            "Some options are not right, so nothing can be predicted.",
            [FieldProblem(one.field, one.vi, one.en) for one in wrong.found],
        ) from wrong
