from chassis.store.unit_of_work import UnitOfWork
from services.dossier.domain.producers import Likeness, Producer, likenesses


def propose_likenesses(work: UnitOfWork) -> list[Likeness]:
    """Among all producers within reach."""
    return likenesses(work.all(Producer, withdrawn=False))
