"""A package's files as its owner's dossier service gives them, through the gateway."""

from urllib3 import BaseHTTPResponse, Timeout, connection_from_url
from urllib3.exceptions import HTTPError

from chassis.problems import Unavailable
from chassis.store.files import Files
from chassis.tokens import Signer
from chassis.trace import traceparent
from contracts.package import PackageFile
from contracts.text import Id

CONNECT_S, ANSWER_S = 5, 60
COME_AGAIN = {408, 425, 429}


class NotGiven(Exception):
    """The other side has it not, or not for us, or it is not what was announced."""


class Deliveries:
    def __init__(self, gateway: str, signer: Signer) -> None:
        self._pool = connection_from_url(
            gateway, timeout=Timeout(connect=CONNECT_S, read=ANSWER_S), retries=False
        )
        self._signer, self._files = signer, Files()

    def bring(self, owner: str, package_id: Id, file: PackageFile) -> None:
        """Keep the file for the scope's tenant, piece by piece; what lies there is not fetched.

        Raises Unavailable while nobody answers or what comes breaks off, NotGiven when it is
        refused or of another size, Damaged when it has another hash: nothing is kept then.
        """
        if not self._files.exists(file.sha256):
            path = f"/t/{owner}/dossier/v1/packages/{package_id}/files/{file.sha256}"
            try:
                self._fetch(path, owner, file)
            except HTTPError as error:
                raise Unavailable(
                    "Nơi giữ hồ sơ tạm thời không trả lời.",
                    f"The files' owner does not answer: {error!r}",
                ) from error
        size = self._files.open(file.sha256).file.size
        if size != file.size:
            raise NotGiven(f"{file.sha256} has {size} bytes, and {file.size} were announced")

    def _fetch(self, path: str, owner: str, file: PackageFile) -> None:
        headers = {"Authorization": f"Bearer {self._signer.package_reader(owner)}"}
        if trace := traceparent():
            headers["traceparent"] = trace
        answer = self._pool.request("GET", path, headers=headers, preload_content=False)
        try:
            if answer.status != 200:
                raise _refusal(answer, path)
            self._files.put(answer, sha256=file.sha256)  # type: ignore[arg-type]  # it can be read
        finally:
            answer.close()


def _refusal(answer: BaseHTTPResponse, path: str) -> Exception:
    said = f"{path}: {answer.status} {answer.read(300).decode('utf-8', 'replace')}"
    if answer.status >= 500 or answer.status in COME_AGAIN:
        return Unavailable("Nơi giữ hồ sơ tạm thời không phục vụ được.", said)
    return NotGiven(said)
