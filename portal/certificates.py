"""What anybody may know of a certificate, as the gateway tells it."""

from datetime import date

from pydantic import BaseModel

from contracts.evaluation import CertificateFacts
from portal.gateway import Gateway


class Certificate(BaseModel):
    tenant: str
    facts: CertificateFacts


class Checked(BaseModel):
    """`genuine`: whether its signature is the platform's; None for one that was imported and has
    none. `validity`: `valid`, `expired`, `replaced`, `annulled` or `as-reported`, `on` that day."""

    certificate: Certificate
    product: str | None
    producer: str | None
    genuine: bool | None
    validity: str
    on: date


class Certificates:
    def __init__(self, gateway: Gateway) -> None:
        self._get = gateway.get

    def check(self, tenant: str, number: str, client: str) -> Checked:
        """NotFound where the tenant and those below it have none of that number; Unprocessable for
        what is no number."""
        query = [("number", number)]
        path = f"{tenant}/evaluation/v1/certificate-checks"
        return Checked.model_validate_json(self._get(path, query, client))
