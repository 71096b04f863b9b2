"""python -m deploy.local.checks ROOT [--environments]"""

import sys
from pathlib import Path

from deploy.local.checks import declared, environments, packages, requirements, stores


def main(root: Path, *, with_environments: bool) -> int:
    found = [
        line
        for check in (packages, requirements, stores, declared)
        for line in check.violations(root)
    ]
    if with_environments:
        found += environments.violations(root)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), with_environments="--environments" in sys.argv))
