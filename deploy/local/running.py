"""./ocop run, stop, status, logs, clean."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from rich.table import Table

from deploy.local import checkout, memory, packages, tree
from deploy.local.engines.engine import Engine
from deploy.local.failure import Failure
from deploy.local.screen import console, tell
from deploy.local.site import CATCHER, USUAL_PORTS, Site

PLAIN: dict[str, Any] = {"box": None, "pad_edge": False}


INTERRUPTED = 130  # as a shell says it of Ctrl-C


def run() -> None:
    try:
        _run()
    except KeyboardInterrupt:
        tell_what_is_left()
        sys.stdout.flush()
        os._exit(INTERRUPTED)  # threads that wait for an engine would hold up the usual end


def tell_what_is_left() -> None:
    """What was started goes on without this command."""
    left = [engine.title for engine in checkout.engines() if engine.process]
    if checkout.addresses() and checkout.site().running:
        left.append("các tiến trình của nền tảng (the platform's processes)")
    tell("Đã ngắt", "interrupted", mark="✗")
    if left:
        tell(f"Còn chạy: {', '.join(left)}", "still running")
        tell("Làm tiếp: ./ocop run; dừng: ./ocop stop", "to go on: run; to end it: stop")


def _run() -> None:
    began = time.monotonic()
    packages.ensure("run")
    with checkout.alone():
        took = start_engines()
        site = checkout.site()
        anew = not site.running or site.changed
        if anew:
            tell("Khởi động các tiến trình", "starting the processes")
            site.start()
        times = site.wait_ready()
    if not anew and not took:
        tell("Đang chạy sẵn, không có gì thay đổi", "running already, nothing changed", mark="✓")
    story = tell_story(site)
    console.print(parts_table(site, took, times if anew else {}))
    whereabouts(site)
    console.print(f"\n{time.monotonic() - began:.1f} s")
    if story:
        sys.exit(story)


def start_engines(*, tied: bool = False) -> dict[str, float]:
    """Seconds until ready, of those that had to be started."""
    ours = checkout.engines()
    began = {}
    for engine in ours:
        if not engine.process:
            engine.fetch()
            tell(f"Khởi động {engine.title}", "starting")
            began[engine.name] = time.monotonic()
            engine.start(tied=tied)

    def await_one(engine: Engine) -> tuple[str, float]:
        engine.wait_ready()
        took = time.monotonic() - began.get(engine.name, time.monotonic())
        if engine.name in began:
            tell(f"{engine.title} sẵn sàng", f"ready after {took:.1f} s", mark="✓")
        return engine.name, took

    pool = ThreadPoolExecutor()  # each is told as soon as it is ready
    try:
        took = dict(pool.map(await_one, ours))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {name: took[name] for name in began}


def tell_story(site: Site) -> int:
    """The demonstration, told once for what is running; `./ocop demo` tells it again."""
    told = site.folder / "told"
    told_of = tree.fingerprint(site.root)
    if not tree.is_command(site.root, "demo") or (told.exists() and told.read_text() == told_of):
        return 0
    ended = demonstrate(site)
    if ended == 0:
        told.write_text(told_of)
    return ended


def demonstrate(site: Site) -> int:
    doors = ["--gateway", site.url("gateway"), "--portal", site.url("portal")]
    command = [sys.executable, "-m", "demo", *doors, "--site", str(site.folder)]
    return subprocess.run(command, cwd=site.root).returncode


def parts_table(site: Site, engines: dict[str, float], times: dict[str, float]) -> Table:
    table = Table("", "sẵn sàng sau\nready after", "bộ nhớ\nmemory", **PLAIN)
    total = 0.0
    for name, process, seconds in (
        *((e.title, e.process, engines.get(e.name)) for e in checkout.engines()),
        *((p.name, site.process(p.name), times.get(p.name)) for p in site.processes),
    ):
        size = memory.megabytes(process)
        table.add_row(name, shown(seconds, "s", 1), shown(size, "MB"))
        if name in site.ports:
            total += size or 0
    table.add_row("các tiến trình · the platform's own", "", shown(total, "MB"))
    return table


def shown(value: float | None, unit: str, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f} {unit}"


def whereabouts(site: Site) -> None:
    tell(*checkout.keeping(), mark="")
    titles = {"portal": "Trang web · the pages", "gateway": "Cổng API · the API's door"}
    for name in ("portal", "gateway"):
        if name not in site.ports:
            continue
        console.print(f"{titles[name]}: {site.url(name)}")
        usual = USUAL_PORTS[name]
        if site.ports[name] != usual and not os.environ.get(f"OCOP_{name.upper()}_PORT"):
            console.print(f"  (cổng {usual} đang bận · port {usual} was taken)")
    if CATCHER in site.processes:
        console.print(f"Thư đã gửi, giữ lại ở · mail, caught in: {site.mail}")
    console.print(
        "Thử · try: ./ocop status · ./ocop demo · ./ocop token --tenant an-giang --role "
        "administrator · ./ocop logs gateway · ./ocop stop"
    )


def stop() -> None:
    began = time.monotonic()
    with checkout.alone():
        was_running = stop_all()
    if was_running:
        tell("Đã dừng", f"stopped, {time.monotonic() - began:.1f} s", mark="✓")
    else:
        tell("Không có gì đang chạy", "nothing was running")


def stop_all() -> bool:
    running = any(engine.process for engine in checkout.engines())
    if checkout.addresses():
        site = checkout.site()
        running |= site.running
        site.stop()
    checkout.stop_engines()
    return running


def status() -> None:
    """Ends with 1 unless everything is ready."""
    table = Table(*("", "trạng thái\nstate", "sẵn sàng\nready", "địa chỉ\naddress"), **PLAIN)
    rows = [*engine_rows(), *process_rows()]
    for name, state, ready, address in rows:
        table.add_row(name, state, "✓" if ready else "✗", address)
    console.print(table)
    tell(*checkout.keeping(), mark="")
    if not all(ready for _, _, ready, _ in rows):
        sys.exit(1)


def engine_rows() -> Iterator[tuple[str, str, bool, str]]:
    for engine in checkout.engines():
        process = engine.process
        state = f"running {age(process.create_time())}" if process else "stopped"
        if died := engine.revived:
            state += f"\nđã chết, tự chạy lại · died and came back: {len(died)}"
        address = f"127.0.0.1:{next(iter(engine.ports.values()))}" if engine.ports else "-"
        yield engine.title, state, process is not None and engine.ready(), address


def process_rows() -> Iterator[tuple[str, str, bool, str]]:
    site = checkout.site() if checkout.addresses() else None
    states = site.states if site and site.running else {}
    for process in site.processes if site else tree.processes():
        info = states.get(process.name)
        if site is None or info is None:
            yield process.name, "stopped", False, "-"
            continue
        up = age(info["start"]) if info["pid"] else ""
        state = f"{info['statename'].lower()} {up}"
        address = site.url(process.name) if process.name in site.ports else "-"
        yield process.name, state, site.ready(process.name), address


def age(since: float) -> str:
    return str(timedelta(seconds=round(time.time() - since)))


def logs(name: str | None, follow: bool) -> None:
    folder = checkout.STATE / "logs"
    names = sorted(file.stem for file in folder.glob("*.log"))
    if name is None:
        console.print("\n".join(names))
        return
    if name not in names:
        raise Failure(
            f"Không có nhật ký {name!r}; có: {', '.join(names)}",
            f"There is no log {name!r}; there are: {', '.join(names)}",
        )
    words = ["tail", "-n", "200", *(["-F"] if follow else []), str(folder / f"{name}.log")]
    os.execvp("tail", words)  # noqa: S606, S607 - tail takes our place


def clean() -> None:
    with checkout.alone():
        stop_all()
        for folder in (checkout.STATE, checkout.data()):
            shutil.rmtree(folder, ignore_errors=not folder.exists())
    tell("Đã xoá dữ liệu và thư mục chạy", "data and run folder removed", mark="✓")
