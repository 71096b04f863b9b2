"""./ocop token, demo, bench, and what a part's image runs as `cli`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Unpack

from pydantic import ValidationError

from chassis.tenants import Tenants
from chassis.tokens import PEOPLES, About
from contracts.person import Person
from deploy.local import checkout, packages, running, tree
from deploy.local.addresses import Addresses
from deploy.local.failure import Failure
from deploy.local.screen import console, errors
from deploy.local.site import Site

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = "30d"
TENANTS = tree.ROOT / "deploy" / "tenants" / "tenants.yaml"


def token(
    tenant: str, roles: list[str], subject: str, duration: str, **about: Unpack[About]
) -> str:
    refuse_unknown(tenant, roles)
    refuse_broken(about)
    lasting = seconds(duration)
    site = checkout.site()
    site.keys.make()  # a token may be wanted before the first run
    if not roles:
        errors.print("(thẻ không có vai trò nào · this token has no role: --role)", markup=False)
    return site.keys.token(tenant=tenant, roles=roles, subject=subject, seconds=lasting, **about)


def change_seal() -> str:
    site = checkout.site()
    site.keys.make()
    return site.keys.change_seal()


def refuse_unknown(tenant: str, roles: list[str]) -> None:
    tenants = Tenants.read(TENANTS)
    if tenant not in tenants:
        known = ", ".join(one.slug for one in tenants)
        raise Failure(
            f"Không có đơn vị {tenant!r}; có: {known}", f"There is no tenant {tenant!r}; see above."
        )
    if strange := [role for role in roles if role not in PEOPLES]:
        raise Failure(
            f"Không có vai trò {', '.join(strange)}; có: {', '.join(PEOPLES)}",
            f"There is no role {', '.join(strange)}; there are: {', '.join(PEOPLES)}",
        )


def refuse_broken(about: About) -> None:
    """What every door would refuse is not signed."""
    try:
        Person(id="", **about)
    except ValidationError as error:
        wrong = ", ".join(f"--{one['loc'][0]} {one['input']!r}" for one in error.errors())
        raise Failure(f"Chưa đúng: {wrong}", f"This is not right: {wrong}") from error


def seconds(duration: str) -> int:
    number, unit = duration[:-1], duration[-1:]
    if not number.isdigit() or unit not in UNITS:
        raise Failure(
            f"{duration!r} không phải là một khoảng thời gian; ví dụ: 30s, 15m, 1h, 2d",
            f"{duration!r} is no duration; such as 30s, 15m, 1h, 2d",
        )
    lasting = int(number) * UNITS[unit]
    if not 0 < lasting <= int(LONGEST[:-1]) * UNITS["d"]:
        raise Failure(
            f"{duration}: một thẻ dùng từ 1s đến {LONGEST}", f"{duration}: from 1s to {LONGEST}"
        )
    return lasting


def call(part: str, *arguments: str) -> None:
    """Run a part's command, and end as it ends."""
    if ended := running_site().command_of(known(part), *arguments).wait():
        sys.exit(ended)


def known(part: str) -> str:
    commands = tree.commands()
    if part not in commands:
        raise Failure(
            f"{part!r} không có lệnh nào; có: {', '.join(commands)}",
            f"{part!r} has no commands; these have: {', '.join(commands)}",
        )
    return part


def call_each(*arguments: str, parts: Iterable[str] = (), headed: bool = True) -> None:
    """The same command of these parts, or of every part that has any; ends with the worst."""
    site = running_site()
    worst = 0
    for part in parts or tree.commands():
        if headed:
            console.print(f"[bold]{part}[/bold]")
        worst = max(worst, site.command_of(part, *arguments).wait())
    if worst:
        sys.exit(worst)


def letters(*arguments: str, handle: str, service: str | None) -> None:
    """What concerns one letter is asked of those alone that hold it."""
    holding = holders(handle, [known(service)] if service else [*tree.commands()])
    if not holding:
        raise Failure(f"Không có thư {handle}", "no such letter")
    if arguments[0] == "discard" and len(holding) > 1:
        raise Failure(
            f"Thư này nằm ở {', '.join(holding)}: hãy dùng mã ở cột handle",
            "several services hold it: name it by its handle",
        )
    call_each("dead-letters", *arguments, parts=holding)


def holders(handle: str, parts: list[str]) -> list[str]:
    site = running_site()
    asked = {
        part: site.command_of(part, "dead-letters", "list", "--json", stdout=subprocess.PIPE)
        for part in parts
    }
    found = []
    for part, child in asked.items():
        listed = [json.loads(line) for line in child.communicate()[0].splitlines()]
        if child.returncode:
            sys.exit(child.returncode)
        if any(handle in (one["handle"], one["id"]) for one in listed):
            found.append(part)
    return found


def demo() -> None:
    sys.exit(running.demonstrate(running_site()))


def bench(arguments: list[str]) -> None:
    packages.ensure("bench")
    site = running_site()
    command = [sys.executable, "-m", "bench", "--gateway", site.url("gateway")]
    command += ["--site", str(site.folder), *arguments]
    environment = os.environ | engine_addresses(site.addresses)
    sys.exit(subprocess.run(command, cwd=site.root, env=environment).returncode)


def running_site() -> Site:
    """With the engines that are ours to start; of those elsewhere each command tells itself."""
    site = checkout.site()
    if not site.running:
        raise Failure("Nền tảng không chạy: ./ocop run", "The platform does not run: ./ocop run")
    if away := [engine.title for engine in checkout.engines() if not engine.process]:
        names = ", ".join(away)
        raise Failure(f"{names} không chạy: ./ocop run", f"{names} does not run: ./ocop run")
    return site


def engine_addresses(addresses: Addresses) -> dict[str, str]:
    """How tests and measurements are told of the engines; brokers without a vhost."""
    return {
        "OCOP_TEST_MONGODB": addresses.mongodb,
        "OCOP_TEST_RABBITMQ": addresses.rabbitmq,
        "OCOP_TEST_RABBITMQ_MANAGEMENT": addresses.management,
        "OCOP_TEST_ELASTICSEARCH": addresses.elasticsearch,
    }
