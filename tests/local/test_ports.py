import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.failure import Failure


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", ports.choose(None, set())))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_passed_over(taken: int) -> None:
    assert not ports.free(taken)
    assert ports.choose(taken, set()) != taken


def test_ports_are_remembered_and_distinct(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remembered(file, {"a": 20100, "b": 20100})
    assert len(set(first.values())) == 2
    assert ports.remembered(file, {"a": 20900, "b": 20900}) == first == ports.known(file)


def test_a_remembered_port_that_somebody_took_is_chosen_anew(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(f'{{"a": {taken}, "b": {taken + 1}}}')
    again = ports.remembered(file, {"a": taken, "b": None})
    assert again["a"] not in (taken, taken + 1)
    assert again["b"] == taken + 1


def test_a_prescribed_port_is_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    found = ports.remembered(file, {"a": 20200, "gateway": 8000}, {"gateway": 20200})
    assert found["gateway"] == 20200
    assert found["a"] != 20200


def test_a_prescribed_port_that_is_taken_is_refused_with_who_has_it(taken: int) -> None:
    with pytest.raises(Failure, match=rf"Port {taken} \(OCOP_GATEWAY_PORT\) is taken by .+ \(pid"):
        ports.refuse_if_taken("OCOP_GATEWAY_PORT", taken)


@pytest.mark.parametrize("given", ["http", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("OCOP_GATEWAY_PORT", given)
    with pytest.raises(Failure, match="is not a port"):
        ports.demanded("OCOP_GATEWAY_PORT")
