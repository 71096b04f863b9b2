"""Mail that goes no further: kept as it came, whole, and not for ever."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from deploy.local.asking import greets
from deploy.local.catcher import Catcher, caught
from deploy.local.ports import choose


@pytest.fixture
def catcher(tmp_path: Path) -> Catcher:
    return Catcher(tmp_path / "mail", most=3)


@pytest.fixture
def port(catcher: Catcher) -> Iterator[int]:
    controller = Controller(catcher, hostname="127.0.0.1", port=choose(None, set()))
    controller.start()
    yield controller.port
    controller.stop()


def send(port: int, *subjects: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for subject in subjects:
            server.sendmail("a@x.example", ["b@y.example"], f"Subject: {subject}\n\n.\nHi\n")


def subjects(folder: Path) -> list[str]:
    return [mail["Subject"] for mail in caught(folder)]


def test_what_comes_is_kept_in_its_order_as_it_came(port: int, tmp_path: Path) -> None:
    send(port, "one", "two")
    assert subjects(tmp_path / "mail") == ["one", "two"]
    assert caught(tmp_path / "mail")[0].get_content().splitlines() == [".", "Hi"]


def test_the_oldest_go_and_the_numbers_go_on_after_a_new_start(port: int, tmp_path: Path) -> None:
    send(port, "one", "two", "three", "four")
    assert subjects(tmp_path / "mail") == ["two", "three", "four"]
    again = Controller(
        Catcher(tmp_path / "mail", most=3), hostname="127.0.0.1", port=choose(None, set())
    )
    again.start()
    send(again.port, "five")
    again.stop()
    assert subjects(tmp_path / "mail") == ["three", "four", "five"]


def test_a_server_greets_and_nobody_does_not(port: int) -> None:
    assert greets(port, "220")
    assert not greets(port, "250")
    assert not greets(choose(None, {port}), "220", seconds=0.5)
