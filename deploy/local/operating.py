"""./ocop token, demo, bench, and what a part's image runs as `cli`."""

import os
import subprocess
import sys

from deploy.local import checkout, packages, running, tree
from deploy.local.addresses import Addresses
from deploy.local.failure import Failure
from deploy.local.screen import console
from deploy.local.site import Site

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def token(tenant: str, roles: list[str], subject: str, duration: str) -> str:
    site = checkout.site()
    site.keys.make()  # a token may be wanted before the first run
    return site.keys.token(tenant=tenant, roles=roles, subject=subject, seconds=seconds(duration))


def seconds(duration: str) -> int:
    number, unit = duration[:-1], duration[-1:]
    if not number.isdigit() or unit not in UNITS:
        raise Failure(
            f"{duration!r} không phải là một khoảng thời gian; ví dụ: 30s, 15m, 1h, 2d",
            f"{duration!r} is no duration; such as 30s, 15m, 1h, 2d",
        )
    return int(number) * UNITS[unit]


def call(part: str, *arguments: str) -> None:
    """Run a part's command, and end as it ends."""
    commands = tree.commands()
    if part not in commands:
        raise Failure(
            f"{part!r} không có lệnh nào; có: {', '.join(commands)}",
            f"{part!r} has no commands; these have: {', '.join(commands)}",
        )
    ended = checkout.site().command_of(part, *arguments).wait()
    if ended:
        sys.exit(ended)


def call_each(*arguments: str) -> None:
    """The same command of every part that has any; ends with the worst."""
    site = checkout.site()
    worst = 0
    for part in tree.commands():
        console.print(f"[bold]{part}[/bold]")
        worst = max(worst, site.command_of(part, *arguments).wait())
    if worst:
        sys.exit(worst)


def demo(arguments: list[str]) -> None:
    sys.exit(running.demonstrate(running_site(), *arguments))


def bench(arguments: list[str]) -> None:
    packages.ensure("bench")
    site = running_site()
    command = [sys.executable, "-m", "bench", "--gateway", site.url("gateway")]
    command += ["--site", str(site.folder), *arguments]
    environment = os.environ | engine_addresses(site.addresses)
    sys.exit(subprocess.run(command, cwd=site.root, env=environment).returncode)


def running_site() -> Site:
    site = checkout.site()
    if not site.running:
        raise Failure("Nền tảng không chạy: ./ocop run", "The platform does not run: ./ocop run")
    return site


def engine_addresses(addresses: Addresses) -> dict[str, str]:
    """How tests and measurements are told of the engines; brokers without a vhost."""
    return {
        "OCOP_TEST_MONGODB": addresses.mongodb,
        "OCOP_TEST_RABBITMQ": addresses.rabbitmq,
        "OCOP_TEST_RABBITMQ_MANAGEMENT": addresses.management,
        "OCOP_TEST_ELASTICSEARCH": addresses.elasticsearch,
    }
