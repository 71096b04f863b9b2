"""gunicorn's worker of the gateway: what is no readable request is answered as a problem too."""

import json

from chassis.http import worker
from chassis.problems import MEDIA_TYPE, Problem


class Worker(worker.Worker):
    def page(self, problem: Problem) -> tuple[str, bytes]:
        return MEDIA_TYPE, json.dumps(problem.as_json(), ensure_ascii=False).encode()
