"""Memory of the platform's own processes at rest."""

from collections.abc import Iterator

from bench.measuring import Figure
from deploy.local import memory
from deploy.local.site import Site


def measured(site: Site) -> Iterator[Figure]:
    sizes = {name: memory.megabytes(site.process(name)) or 0 for name in site.ports}
    for name, size in sizes.items():
        yield Figure(f"memory {name}", size, "MB PSS")
    yield Figure("memory of all own processes", sum(sizes.values()), "MB PSS", "< 900")
