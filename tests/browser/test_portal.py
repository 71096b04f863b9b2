"""Finding a product, as somebody with a phone or at a desk does it. On the 108 products."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

KINDS = ["/", "/?q=mam&district=chau-doc&star=3", "/?q=xyzzyx&star=4", "/?lang=en", "/t/tinh-mau"]


def search(page: Page, text: str) -> None:
    page.get_by_role("combobox").fill(text)
    page.get_by_role("button", name="Tìm").click()


def open_filters(page: Page, is_phone: bool) -> None:
    if is_phone:
        page.get_by_text("Bộ lọc", exact=False).first.click()


def a_product(page: Page) -> str:
    page.goto("/?q=sa+rong")
    address = page.get_by_role("link", name="Sà rông", exact=True).get_attribute("href")
    assert address is not None
    return address


def test_found_without_diacritics_and_opened(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Tất cả 108 sản phẩm")).to_be_visible()
    search(page, "mat thot not dang set")
    page.get_by_role("link", name="Mật thốt nốt dạng sệt", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mật thốt nốt dạng sệt")
    expect(page.get_by_text("Tiềm năng 5 sao", exact=True)).to_be_visible()
    expect(
        page.get_by_text("Theo danh sách báo cáo ngày 31/12/2023; ngày hết hạn: chưa biết.")
    ).to_be_visible()


def test_four_stars_are_ten_and_filters_are_chosen_and_taken_away(
    page: Page, is_phone: bool
) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile("^4 sao 10$")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("10 sản phẩm")
    expect(page.locator(".card .potential")).to_have_text(["Tiềm năng 5 sao"] * 3)
    open_filters(page, is_phone)
    page.get_by_role("link", name=re.compile("^Huyện Tri Tôn")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 sản phẩm")
    page.get_by_role("link", name="Bỏ lọc 4 sao").click()
    page.get_by_role("link", name="Bỏ lọc Huyện Tri Tôn").click()
    expect(page.get_by_role("heading", name="Tất cả 108 sản phẩm")).to_be_visible()


def test_a_desk_sees_the_filters_and_a_phone_opens_them(page: Page, is_phone: bool) -> None:
    page.goto("/")
    inside = page.get_by_role("heading", name="Hạng sao")
    if is_phone:
        expect(inside).to_be_hidden()
        open_filters(page, is_phone)
    expect(inside).to_be_visible()


def test_a_suggestion_is_taken_by_keyboard(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("sa ron")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("option", name="Sà rông")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Sà rông")
    box.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value("sa ron")
    box.press_sequentially("g")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sà rông")


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("sa rong")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cho “sa rong”")


def test_the_keyboard_reaches_everything_from_the_top(page: Page) -> None:
    page.goto("/?q=sa+rong")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    card = page.get_by_role("link", name="Sà rông", exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if card.evaluate("one => one === document.activeElement"):
            break
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sà rông")


def test_a_term_is_explained_where_it_stands(page: Page) -> None:
    page.goto("/")
    term = page.locator(".hero .term")
    term.locator("summary").press("Enter")
    text = term.get_by_text("Chương trình mỗi xã một sản phẩm")
    expect(text).to_be_visible()
    page.keyboard.press("Escape")
    expect(text).to_be_hidden()


def test_pages_follow_and_the_way_back_works(page: Page) -> None:
    page.goto("/")
    first = page.locator(".card h3").all_text_contents()
    page.get_by_role("link", name="Trang sau").click()
    expect(page.get_by_role("link", name="Về trang đầu")).to_be_visible()
    second = page.locator(".card h2").all_text_contents()
    assert (len(first), len(second)) == (24, 24)
    page.go_back()
    expect(page.locator(".card h3")).to_have_text(first)


def test_no_page_is_wider_than_its_window(page: Page) -> None:
    for address in [*KINDS, a_product(page)]:
        page.goto(address)
        assert (address, overflow(page)) == (address, 0)
        for term in page.locator(".term summary").all():
            term.press("Enter")
            assert (address, overflow(page)) == (address, 0)
            page.keyboard.press("Escape")


def overflow(page: Page) -> int:
    return int(
        page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_no_barrier(browser: Browser, portal: str, width: int, scheme: str) -> None:
    """axe is a script put into the page, which our own policy rightly refuses elsewhere."""
    context = browser.new_context(
        base_url=portal, bypass_csp=True, color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    page = context.new_page()
    found = {}
    for address in [*KINDS, "/khong-co", a_product(page)]:
        page.goto(address)
        for one in Axe().run(page).response["violations"]:
            found[address, one["id"]] = [node["html"] for node in one["nodes"]]
    context.close()
    assert found == {}


def test_the_first_page_travels_light(page: Page) -> None:
    page.goto("/")
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".map(one => [one.name, one.encodedBodySize])"
    )
    assert {name.rpartition(".")[2] for name, _ in sizes if "/static/" in name} == {
        "css", "js", "svg", "ttf",
    }  # fmt: skip
    assert 0 < sum(size for _, size in sizes) < 150_000


def test_it_works_without_a_script(browser: Browser, portal: str) -> None:
    context = browser.new_context(base_url=portal, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("sa rong")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Sà rông", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sà rông")
    context.close()


def test_an_address_that_is_too_long_gets_a_page(browser: Browser, portal: str) -> None:
    context = browser.new_context(base_url=portal)
    page = context.new_page()
    answer = page.goto("/?q=" + "a" * 10_000)
    assert answer is not None
    assert answer.status == 414
    expect(page.get_by_role("heading", level=1)).to_have_text("Địa chỉ quá dài")
    context.close()
