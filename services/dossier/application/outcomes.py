"""What comes back of a dossier: delivered, found, decided, certified, or ended without."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import PackageDelivered, PackageEnded
from contracts.evaluation import CertificateIssued, Origin
from contracts.event import Envelope
from contracts.results import (
    DecisionAnnulled,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    ResultAnnulled,
    ResultApproved,
)
from services.dossier.domain.dossiers import Dossier, Outcome
from services.dossier.domain.products import Product


class News(NamedTuple):
    """What an event says of one dossier, or of one product whose dossier it is about."""

    facts: Mapping[str, Any]
    dossier_id: str | None = None
    product_id: str | None = None


def follow_outcome(work: UnitOfWork, envelope: Envelope) -> None:
    """Put it on the timeline of each dossier that it is about, in whatever order they come."""
    for news in _news(envelope):
        dossier = _about(work, envelope.subject, news)
        if dossier is None:  # of another dossier service, or of a list that was imported
            continue
        outcome = Outcome(
            type=envelope.data.type, subject=envelope.subject, version=envelope.version,
            at=envelope.time, facts=dict(news.facts),
        )  # fmt: skip
        if dossier.follow(outcome):
            work.save(dossier, detail={"type": outcome.type, "subject": outcome.subject})


def _news(envelope: Envelope) -> Iterator[News]:
    match envelope.data:
        case PackageDelivered(package=package):
            yield News(_json(package), dossier_id=package.dossier_id)
        case PackageEnded(package=package, reason=reason):
            yield News(_json(package) | {"reason": reason}, dossier_id=package.dossier_id)
        case ResultApproved(result=result):
            yield News(_json(result), dossier_id=result.dossier_id)
        case ResultAnnulled(result=result, reason=reason):
            yield News(_json(result) | {"reason": reason}, dossier_id=result.dossier_id)
        case DecisionMade(decision=decision, products=products):
            for one in products:
                yield News(_json(decision) | _json(one), product_id=one.product_id)
        case DecisionAnnulled(decision=decision, products=products, reason=reason):
            for one in products:
                facts = _json(decision) | _json(one) | {"reason": reason}
                yield News(facts, product_id=one.product_id)
        case HigherResultConfirmed(higher=higher):
            yield News(_json(higher), dossier_id=higher.dossier_id)
        case HigherResultAnnulled(higher=higher, reason=reason):
            yield News(_json(higher) | {"reason": reason}, dossier_id=higher.dossier_id)
        case CertificateIssued(certificate=certificate) if certificate.origin is Origin.ISSUED:
            yield News(_json(certificate), product_id=certificate.product_id)


def _json(facts: BaseModel) -> dict[str, Any]:
    """Contacts are personal, and the dossier has its own, as it has its tenant."""
    return facts.model_dump(mode="json", exclude={"contacts", "tenant"})


def _about(work: UnitOfWork, subject: str, news: News) -> Dossier | None:
    """Of a product's dossiers the one that has heard of this before, otherwise the last one that
    was submitted: a next one is opened only when the former has ended. None where the product is
    registered elsewhere."""
    if news.dossier_id is not None:
        return work.first(Dossier, id=news.dossier_id)
    if work.first(Product, id=news.product_id) is None:
        return None
    found = [one for one in work.all(Dossier, product_id=news.product_id) if one.packages]
    for one in found:
        if any(each.subject == subject for each in one.outcomes):
            return one
    return max(found, key=lambda one: one.packages[-1].signed.at, default=None)
