"""A portal and a browser. OCOP_TEST_PORTAL: the address of one that runs, with the 108 products
imported; without it one is started here, on the gateway of the tests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from chassis.tenants import Tenants
from deploy.local import ports
from deploy.local.asking import ask
from deploy.local.waiting import until
from tests.portal.stand_in import StandIn

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("OCOP_CHROMIUM", "/usr/bin/chromium")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WINDOWS = {"phone": (360, 740), "desk": (1440, 900)}
START_S = 30


@pytest.fixture(scope="session")
def portal(tenants: Tenants, tenants_file: Path) -> Iterator[str]:
    """Its address."""
    if given := os.environ.get("OCOP_TEST_PORTAL"):
        yield given.rstrip("/")
        return
    bind = f"127.0.0.1:{ports.choose(None, set())}"
    with StandIn(tenants).serving() as gateway:
        settings = {"GATEWAY": gateway.address, "BIND": bind, "TENANTS": str(tenants_file)}
        process = subprocess.Popen(
            [sys.executable, "-m", "chassis.run", "portal", "http"],
            cwd=ROOT,
            env=os.environ | {f"OCOP_PORTAL_{name}": value for name, value in settings.items()},
            stdout=subprocess.DEVNULL,
        )
        try:
            ready = f"http://{bind}/health/ready"
            until(lambda: ask(ready)[0] == 200, seconds=START_S, what="the portal is ready")
            yield f"http://{bind}"
        finally:
            process.terminate()
            process.wait(START_S)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *QUIET], timeout=60_000
        )
        yield one
        one.close()


@pytest.fixture(params=WINDOWS)
def context(
    request: pytest.FixtureRequest, browser: Browser, portal: str
) -> Iterator[BrowserContext]:
    """A window of a phone and of a desk. What a page may never do is looked at after every test."""
    width, height = WINDOWS[request.param]
    one = browser.new_context(
        base_url=portal, viewport={"width": width, "height": height}, locale="vi-VN"
    )
    hosts: set[str] = set()
    said: list[str] = []
    one.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    one.on("console", lambda message: said.append(message.text))
    one.on("weberror", lambda error: said.append(str(error.error)))
    yield one
    one.close()
    assert hosts == {urlsplit(portal).netloc}
    assert said == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    one = context.new_page()
    one.set_default_timeout(10_000)
    return one


@pytest.fixture
def is_phone(page: Page) -> bool:
    return page.viewport_size == {"width": 360, "height": 740}
