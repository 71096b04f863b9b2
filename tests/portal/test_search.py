from urllib.parse import quote_plus

from flask.testing import FlaskClient

from tests.portal.page import Page
from tests.portal.stand_in import StandIn


def read(portal: FlaskClient, address: str) -> Page:
    answer = portal.get(address)
    assert answer.status_code == 200
    return Page(answer.text)


def test_first_page_shows_all_products_and_what_can_be_chosen(portal: FlaskClient) -> None:
    page = read(portal, "/")
    assert page.one("h1") == "Sản vật An Giang, xếp hạng bằng sao"
    assert page.one("#results") == "Tất cả 108 sản phẩm"
    assert len(page.cards) == 24
    assert page.links["5 sao 2"] == "/?star=5"
    assert page.links["4 sao 10"] == "/?star=4"
    assert page.links["3 sao 96"] == "/?star=3"
    assert page.links["Tiềm năng 5 sao 3"] == "/?potential=5"


def test_four_stars_are_ten_of_which_three_are_potential(portal: FlaskClient) -> None:
    page = read(portal, "/?star=4")
    assert page.one("#results") == "10 sản phẩm"
    assert len(page.cards) == 10
    assert page.all(".potential") == ["Tiềm năng 5 sao"] * 3
    assert page.all(".stars") == (["4 sao, tiềm năng 5 sao Tiềm năng 5 sao"] * 3 + ["4 sao"] * 7)


def test_the_set_is_said_to_be_assigned(portal: FlaskClient) -> None:
    assert "do hệ thống tạm xếp, chưa ai xác nhận" in read(portal, "/").all(".hint")


def test_filters_add_up_and_each_can_be_taken_away(portal: FlaskClient) -> None:
    page = read(portal, "/?q=mam&star=3&district=chau-doc")
    assert page.one("#results") == "5 sản phẩm cho “mam”"
    assert page.element("#q").attributes["value"] == "mam"
    assert page.links["Bỏ lọc 3 sao"] == "/?q=mam&district=chau-doc"
    assert page.links["Bỏ lọc Thành phố Châu Đốc"] == "/?q=mam&star=3"
    assert page.links["Bỏ tất cả"] == "/?q=mam"
    assert page.links["Huyện Châu Phú 1"] == "/?q=mam&star=3&district=chau-doc&district=chau-phu"


def test_a_chosen_value_that_finds_nothing_can_still_be_taken_away(portal: FlaskClient) -> None:
    page = read(portal, "/?q=mam&potential=5")
    assert page.one("#results") == "0 sản phẩm cho “mam”"
    assert page.links["Bỏ lọc Tiềm năng 5 sao"] == "/?q=mam"
    assert page.links["Bỏ hết bộ lọc, giữ từ đang tìm"] == "/?q=mam"
    assert page.links["Xem tất cả sản phẩm"] == "/"


def test_pages_follow_one_another_to_the_end(portal: FlaskClient, gateway: StandIn) -> None:
    names, address = [], "/"
    while True:
        page = read(portal, address)
        names += page.cards
        if "Trang sau" not in page.links:
            break
        address = page.links["Trang sau"]
    assert sorted(names) == sorted(one.name for one in gateway.listings.values())
    assert page.links["Về trang đầu"] == "/"


def test_how_the_catalogue_writes_it_is_one_step_away(portal: FlaskClient) -> None:
    page = read(portal, "/?q=thot+not&star=4")
    assert page.links["thốt nốt"] == "/?q=th%E1%BB%91t+n%E1%BB%91t&star=4"


def test_english_stays_in_every_link(portal: FlaskClient) -> None:
    page = read(portal, "/?q=tra&star=4&lang=en")
    assert page.element("html").attributes["lang"] == "en"
    assert page.one("#results") == "2 products for “tra”"
    assert page.links["Tiếng Việt"] == "/?q=tra&star=4"
    others = [at for text, at in page.links.items() if at[0] == "/" and text != "Tiếng Việt"]
    assert [at for at in others if "lang=en" not in at] == []
    hidden = [one.attributes for one in page.elements if one.attributes.get("type") == "hidden"]
    assert hidden == [{"type": "hidden", "name": "lang", "value": "en"}]


def test_vietnamese_leads_to_english_in_the_same_place(portal: FlaskClient) -> None:
    assert read(portal, "/?q=tra&star=4").links["English"] == "/?q=tra&star=4&lang=en"


def test_a_district_has_its_own_products_and_keeps_to_them(
    portal: FlaskClient, gateway: StandIn
) -> None:
    page = read(portal, "/t/tri-ton")
    assert page.one("h1") == "Sản vật Tri Tôn, xếp hạng bằng sao"
    own = [one.name for one in gateway.listings.values() if one.place.tenant == "tri-ton"]
    assert page.cards == own
    assert page.links["4 sao 3"] == "/t/tri-ton?star=4"
    assert page.links[own[0]] == f"/t/tri-ton/san-pham/{gateway.named(own[0]).id}"
    form = page.element("form").attributes
    assert (form["action"], form["data-suggestions"]) == ("/t/tri-ton", "/t/tri-ton/goi-y")


def test_the_home_tenant_has_one_address(portal: FlaskClient) -> None:
    answer = portal.get("/t/an-giang?q=tra")
    assert (answer.status_code, answer.location) == (308, "/?q=tra")


def test_a_demonstration_is_named_as_one(portal: FlaskClient) -> None:
    page = read(portal, "/t/tinh-mau")
    assert page.one(".practice") == "Đây là đơn vị để tập làm: sản phẩm ở đây không có thật."
    assert page.one(".lead") == "Chưa có sản phẩm nào ở đây."
    assert read(portal, "/").all(".practice") == []


def test_what_is_typed_is_only_text(portal: FlaskClient) -> None:
    typed = '"><script>alert(1)</script>'
    answer = portal.get("/", query_string={"q": typed})
    assert "<script>alert" not in answer.text
    assert Page(answer.text).element("#q").attributes["value"] == typed


def test_an_address_cannot_bend_the_links(portal: FlaskClient) -> None:
    page = read(portal, "/?_scheme=javascript&_external=1&_anchor=x&tenant=tri-ton&q=tra")
    assert page.links["English"] == "/?q=tra&lang=en"


def test_the_gateway_learns_for_whom_it_is_asked(portal: FlaskClient, gateway: StandIn) -> None:
    portal.get("/", headers={"X-Forwarded-For": "203.0.113.7"})
    assert gateway.callers == ["203.0.113.7, 127.0.0.1"]


def test_suggestions_lead_to_a_product_or_to_a_search(
    portal: FlaskClient, gateway: StandIn
) -> None:
    assert portal.get("/goi-y?q=ba+giao").json == [
        {"text": "Bà Giáo Khoẻ “7777777”", "at": portal_search("Bà Giáo Khoẻ “7777777”")},
        {"text": "Cơ sở Bà Giáo Khỏe 7777777", "at": portal_search("Cơ sở Bà Giáo Khỏe 7777777")},
    ]
    sarong = gateway.named("Sà rông")
    assert portal.get("/goi-y?q=sa+rong&lang=en").json == [
        {"text": "Sà rông", "at": f"/san-pham/{sarong.id}?lang=en"}
    ]
    assert portal.get("/goi-y?q=").json == []


def portal_search(q: str) -> str:
    return f"/?q={quote_plus(q)}"


def test_words_that_no_product_has_are_told(portal: FlaskClient, gateway: StandIn) -> None:
    told = portal.get("/?q=mam").text
    gateway.said = {"total": 0, "items": [], "facets": {}, "missing": ["hú", "xyz"]}
    page = read(portal, "/?q=mam+hu+xyz")
    assert "Các sản phẩm dưới đây không có “hú”, “xyz”." in page.all("p")
    assert "không có “" not in told
