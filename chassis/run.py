"""python -m chassis.run services.dossier http|worker|job|cli [...]

In an image OCOP_SERVICE names the service, as its folder or its import path.
"""

import importlib
import os
import sys


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in ("http", "worker", "job", "cli"):
        arguments = [os.environ["OCOP_SERVICE"], *arguments]
    if len(arguments) < 2:
        sys.exit(__doc__)
    service, kind, *rest = arguments
    service = service.replace("/", ".")
    if kind == "worker":
        import chassis.worker.patched  # noqa: F401  first of all
    from chassis import log
    from chassis.settings import read

    settings = read(importlib.import_module(f"{service}.settings").Settings)
    name = service.rpartition(".")[2]
    if kind == "cli":  # a person reads it: what it prints is the answer, and the log stands beside
        quiet = settings.model_copy(update={"log": "console", "log_level": "error"})
        log.configure(name, quiet, sys.stderr)
    else:
        log.configure(name, settings)
    match kind:
        case "http":
            from chassis.http.serve import serve

            serve(service, settings, getattr(settings, "worker_class", "gthread"))
        case "worker" | "job":
            importlib.import_module(f"{service}.entrypoints.{kind}").create(settings).serve()
        case "cli":
            importlib.import_module(f"{service}.entrypoints.cli").create(settings)(rest)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
