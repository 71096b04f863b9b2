"""What is counted: by labels of a closed list, and by all of a door's processes as by one."""

import re
from collections import Counter

from tests.chassis.running import until
from tests.gateway.doors import Doors, Process, running

KEY = "a key of the tests alone"
ECHO = "/t/an-giang/echo/v1/things/echo"
SERIES = re.compile(r"^(ocop_http_seconds_count\{[^}]*\}) ([0-9.e+]+)$", re.MULTILINE)


def numbers(process: Process) -> Counter[str]:
    answer = process.ask("/metrics", Authorization=f"Bearer {KEY}")
    assert answer.status == 200
    return Counter({name: int(float(said)) for name, said in SERIES.findall(answer.data.decode())})


def of(found: Counter[str], **labels: str) -> int:
    wanted = [f'{name}="{said}"' for name, said in labels.items()]
    return sum(said for series, said in found.items() if all(one in series for one in wanted))


def test_two_workers_count_as_one_and_one_that_is_killed_takes_nothing_with_it(doors: Doors):
    gateway = doors.gateway(WORKERS="2", METRICS_KEY=KEY)
    with running(gateway):
        until(lambda: len(gateway.workers) == 2)
        forwarded = {"route": "/t/<tenant>/<service>/v1/<path:rest>", "status": "200"}
        last = 0
        for number in range(1, 31):
            assert gateway.ask(ECHO).status == 200
            found = of(numbers(gateway), **forwarded)
            assert found == last + 1, number
            last = found
            if number % 10 == 0:
                killed = gateway.workers[0]
                killed.kill()
                until(lambda killed=killed: killed.pid not in {one.pid for one in gateway.workers})
                until(lambda: len(gateway.workers) == 2)
        assert len({one.pid for one in gateway.workers}) == 2


def test_a_process_that_starts_anew_counts_from_nothing(doors: Doors):
    gateway = doors.gateway(METRICS_KEY=KEY)
    with running(gateway):
        gateway.ask(ECHO)
        workers = gateway.workers
        gateway.popen.kill()  # nothing is cleared away behind it
        gateway.popen.wait()
        until(lambda: not any(one.is_running() for one in workers))
        gateway.start(gateway.port)
        until(lambda: gateway.ready)
        assert of(numbers(gateway), status="200", route="/t/") == 0


def test_nobody_makes_up_a_series(ask, doors: Doors):
    gateway = doors.gateway(METRICS_KEY=KEY)
    with running(gateway):
        gateway.ask(ECHO)
        numbers(gateway)
        for method in ("BREW", "X" * 20, "PROPFIND", "GET0"):
            assert gateway.send(method, ECHO).status == 405
        for path in ("/nothing", "/t/an-giang/nothing/v1/x", "/t/no-such/echo/v1/x", "/?a=1"):
            gateway.ask(path)
        for name in (f"t{number}" for number in range(5)):
            gateway.ask(f"/t/{name}/echo/v1/things/{name}")
        labels = {tuple(re.findall(r'(\w+)="([^"]*)"', series)) for series in numbers(gateway)}
    said = {name: {dict(one)[name] for one in labels} for name in ("route", "method", "status")}
    assert said["method"] == {"GET", "other"}
    assert said["status"] == {"200", "404", "405"}
    assert said["route"] == {
        "none", "/", "/health/ready", "/metrics", "/t/<tenant>/<service>/v1/<path:rest>",
    }  # fmt: skip
