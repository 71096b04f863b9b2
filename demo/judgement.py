"""From a dossier to a certificate: five stories in the demonstration's tenants."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from demo.cast import DISTRICT, PROVINCE, Cast
from demo.choices import options
from demo.filing import (
    COMMUNE_REPORT,
    DUE_DAYS,
    SET,
    Filing,
    made_up_paper,
    named,
    opened_round,
)
from demo.judging import Council, Session, judged
from demo.platform import Partner, Platform
from demo.telling import awaited, chapter, fast, holds, seen, shown

REAL = "an-giang"
FEW, ENOUGH, MANY, MOST = 48, 60, 75, 92
TOLD_S = 2


def tell(platform: Platform, sandbox: Partner, public: Partner) -> None:
    """`sandbox`, `public`: marketplaces that follow each of the two streams."""
    round_id = opened_round(platform, DISTRICT, "qd148-2023")
    district = Council(platform, DISTRICT, "district")
    filing = a_producer_files(platform, round_id)
    three_stars_are_certified(platform, filing, district, sandbox, public)
    ninety_two_points_are_three_stars(platform, round_id, district)
    a_product_goes_up(platform, round_id, district)
    a_commune_reports(platform)
    holds(
        public.follow(),
        [],
        "luồng công khai vẫn không có gì",
        "the public stream still says nothing",
    )


def a_producer_files(platform: Platform, round_id: str) -> Filing:
    chapter(
        "8. Chủ thể mẫu lập hồ sơ, Tổ giúp việc thẩm định",
        "a sample producer files, the help team reviews",
    )
    filing = Filing(platform, DISTRICT, named(), DISTRICT.producer)
    filing.register()
    filing.open(round_id)
    filing.complete(options(SET, FEW, 2))
    predicted = filing.by.get(f"{filing.path}/prediction")
    holds(
        (predicted["total"], predicted["star"]), (FEW, 2),
        f"dự báo: {FEW} điểm, 2 sao", f"predicted: {FEW} points, 2 stars",
    )  # fmt: skip
    for one in predicted["next"]["changes"][:3]:
        shown(f"để lên 3 sao: {one['criterion']} {one['label']['vi']} → {one['to']['label']['vi']}")
    filing.choose({one["criterion"]: one["to"]["number"] for one in predicted["next"]["changes"]})
    holds(
        filing.by.get(f"{filing.path}/prediction")["star"], 3,
        "sửa theo gợi ý: dự báo 3 sao", "mended as proposed: 3 stars predicted",
    )  # fmt: skip
    filing.submit()
    the_help_team_asks_for_more(filing)
    return filing


def the_help_team_asks_for_more(filing: Filing) -> None:
    team = filing.platform.of(DISTRICT.help_team)
    until = (date.today() + timedelta(days=DUE_DAYS)).isoformat()
    item = {"criterion": "2.2", "reason": "Chưa thấy ảnh bao bì"}
    team.post(f"{filing.home}/reviews/{filing.dossier}/return", {"items": [item], "until": until})
    seen("Tổ giúp việc trả lại một mục", "the help team returns one item")
    awaited(
        lambda: told(filing.platform, DISTRICT, DISTRICT.producer, filing.name), True,
        "chủ thể nhận tin báo", "the producer is told",
    )  # fmt: skip
    filing.fill({"evidence.2.2": filing.prove(["picture"], "Ảnh bao bì mẫu")})
    filing.submit()
    filing.accept()
    packages = filing.by.get(filing.path)["packages"]
    holds(
        [one["number"] for one in packages], [1, 2],
        "bổ sung, nộp lại, được chấp nhận; bản nộp đầu còn nguyên",
        "completed, accepted; the first package stays as it was",
    )  # fmt: skip


def three_stars_are_certified(
    platform: Platform, filing: Filing, council: Council, sandbox: Partner, public: Partner
) -> None:
    chapter(
        "9. Hội đồng 5 người chấm kín, chênh quá 10 điểm thì chấm lại",
        "a council of 5 scores blind, and again when too far apart",
    )
    sandbox.follow()
    public.follow()
    package = council.package(filing.dossier)
    session = council.convene([package])
    session.open()
    session.help_team_scores(package, options(SET, ENOUGH, 3))
    the_council_scores(session, package)
    (result,) = session.close_and_approve()
    holds(
        (result["facts"]["star"], result["facts"]["certifies"]), (3, 3),
        "kết quả: 3 sao", "the result: 3 stars",
    )  # fmt: skip
    decided = council.decide([result["id"]])
    number = decided["products"][0]["certificate_number"]
    checked = platform.get(f"/{DISTRICT.tenant}/evaluation/v1/certificate-checks", number=number)
    holds(
        (checked["genuine"], checked["validity"]), (True, "valid"),
        f"tra giấy chứng nhận {number}: thật, còn hiệu lực",
        "the certificate, checked by its number: genuine and valid",
    )  # fmt: skip
    tag = filing.name.split()[4]
    took = awaited(
        lambda: found(platform, DISTRICT.tenant, f"duong thot not mau {tag}"), [filing.product],
        f"tìm thấy khi gõ “duong thot not mau {tag}”", "found without diacritics",
    )  # fmt: skip
    fast(took, TOLD_S)
    holds(
        filing.product in found(platform, REAL, filing.name), False,
        "không thấy ở An Giang", "not found in An Giang",
    )  # fmt: skip
    awaited(
        lambda: [one["id"] for one in sandbox.follow()].count(filing.product) > 0, True,
        "luồng thử báo cho sàn", "the sandbox stream tells it",
    )  # fmt: skip
    holds(public.follow(), [], "luồng công khai không có gì", "the public stream says nothing")
    a_certified_name_is_changed(platform, filing, number)
    the_papers_are_made(platform, council, session)


def a_certified_name_is_changed(platform: Platform, filing: Filing, number: str) -> None:
    """By the producer: it waits for an officer, and stands beside what was certified."""
    owner, officer = platform.of(DISTRICT.producer), platform.of(DISTRICT.officer)
    path, new = f"{filing.home}/products/{filing.product}", f"{filing.name} loại mới"
    public = f"/{DISTRICT.tenant}/catalog/v1/products/{filing.product}"
    awaited(
        lambda: owner.get(path)["certified"] is not None, True,
        "sổ sản phẩm đã biết giấy chứng nhận", "the register knows of the certificate",
    )  # fmt: skip
    facts = owner.get(path)["facts"] | {"name": new}
    changed = owner.patch(path, {"facts": facts})
    holds(
        (changed["facts"]["name"], changed["proposed"]["now"]), (filing.name, {"name": new}),
        "chủ thể đổi tên: chờ cán bộ xác nhận", "the producer renames it: it waits",
    )  # fmt: skip
    confirmation = f"{filing.home}/proposed-changes/{changed['proposed']['id']}/confirmation"
    holds(
        owner.refused(lambda seat: seat.post(confirmation, {"reason": "Tôi đổi"})), 403,
        "chủ thể không tự xác nhận", "not confirmed by the producer itself",
    )  # fmt: skip
    officer.post(confirmation, {"reason": "Theo giấy công bố mới"})
    awaited(
        lambda: (platform.get(public)["today"] or {}).get("name"), new,
        "cán bộ xác nhận: tên mới đứng cạnh tên trên giấy",
        "confirmed by an officer: the new name stands beside the certified one",
    )  # fmt: skip
    checked = platform.get(f"/{DISTRICT.tenant}/evaluation/v1/certificate-checks", number=number)
    holds(
        {platform.get(public)["name"], checked["product"]}, {filing.name},
        "danh mục và giấy chứng nhận vẫn ghi tên đã công nhận",
        "catalogue and certificate go on saying what was certified",
    )  # fmt: skip
    awaited(
        lambda: found(platform, DISTRICT.tenant, new), [filing.product],
        "tìm thấy bằng tên mới", "found by its new name",
    )  # fmt: skip


def the_council_scores(session: Session, package: str) -> None:
    """The first time the fifth stands apart; nobody sees a score before all have locked."""
    council = session.council
    low, high = options(SET, ENOUGH, 3), options(SET, MANY, 3)
    for person in council.people[:4]:
        session.fill(person, package, low)
        session.lock(person, package)
    refused = platform_refusals(session, package)
    holds(
        refused, [409] * len(refused),
        "trước khi mọi người khoá phiếu: không ai xem được điểm",
        "before all have locked nobody sees a score",
    )  # fmt: skip
    session.fill(council.people[4], package, high)
    session.lock(council.people[4], package)
    scores = session.scores(package)
    last = scores["rounds"][-1]
    holds(
        (last["spread"], scores["new_round"]), (MANY - ENOUGH, True),
        f"chênh {MANY - ENOUGH} điểm: thảo luận, chấm lại", "too far apart: a new round",
    )  # fmt: skip
    session.of(council.chair).post(
        f"{session.path}/new-rounds",
        {"package_id": package, "discussion": "Thống nhất cách hiểu tiêu chí"},
    )
    for person in council.people[:4]:
        session.lock(person, package)
    session.fill(council.people[4], package, low)
    session.lock(council.people[4], package)
    scores = session.scores(package)
    holds(
        ([one["spread"] for one in scores["rounds"]], scores["new_round"]),
        ([MANY - ENOUGH, 0], False),
        "vòng 2 thống nhất, vòng 1 được giữ", "the second agrees, the first is kept",
    )  # fmt: skip


def platform_refusals(session: Session, package: str) -> list[int]:
    """How the scores are refused to everybody of the council and of the agency."""
    cast = session.council.cast
    people = [*session.council.people, cast.officer, cast.help_team, cast.authority]
    return [
        session.of(one).refused(lambda seat: seat.get(f"{session.path}/scores/{package}"))
        for one in people
    ]


def the_papers_are_made(platform: Platform, council: Council, session: Session) -> None:
    office, path = platform.of(council.cast.officer), f"{council.home}/papers"

    def states() -> set[str]:
        return {one["state"] for one in office.get(path, subject=session.id)["items"]}

    awaited(states, {"made"}, "phiếu, bảng tổng hợp, biên bản, báo cáo đã in", "papers are made")
    papers = office.get(path, subject=session.id)["items"]
    for one in papers[-3:]:
        shown(one["title"])
    content = office.get(f"{path}/{papers[-1]['id']}/files/pdf")
    holds(content[:5], b"%PDF-", "tải về được PDF và DOCX", "they are there as PDF and DOCX")


def ninety_two_points_are_three_stars(platform: Platform, round_id: str, council: Council) -> None:
    chapter(
        "10. Trung bình 92 điểm, thiếu một điều kiện 4 sao", "an average of 92 that misses a gate"
    )
    sheet = options(SET, MOST, 4, missing="3.4")
    filing = Filing(platform, DISTRICT, named(), DISTRICT.producer).filed(round_id, sheet)
    result = judged(council, filing, sheet)
    facts = result["facts"]
    holds(
        (float(facts["total"]), facts["band"], facts["star"]), (MOST, 5, 3),
        f"{MOST} điểm, nhưng xếp 3 sao", f"{MOST} points, and 3 stars",
    )  # fmt: skip
    why = [one for one in result["missed"] if one["star"] == 4]
    for one in why:
        shown(f"vì {one['criterion']} {one['label']['vi']}: 4 sao cần “{one['needed']['vi']}”")
    holds([one["criterion"] for one in why], ["3.4"], "và nói rõ vì sao", "and it says why")


def a_product_goes_up(platform: Platform, round_id: str, district: Council) -> None:
    chapter(
        "11. Huyện, tỉnh, trung ương: tiềm năng 4 sao, 4 sao tiềm năng 5 sao, 5 sao",
        "district, province, centre",
    )
    sheet = options(SET, MOST, 5)
    filing = Filing(platform, DISTRICT, named(), DISTRICT.producer).filed(round_id, sheet)
    result = judged(district, filing, sheet)
    district.decide([result["id"]])
    listed(platform, filing, 3, 4, "3 sao, tiềm năng 4 sao", "3 stars, potential 4")
    province = Council(platform, PROVINCE, "province")
    upper = judged(province, filing, sheet)
    province.decide([upper["id"]])
    listed(platform, filing, 4, 5, "4 sao, tiềm năng 5 sao", "4 stars, potential 5")
    awaited(
        lambda: told(platform, DISTRICT, DISTRICT.producer, f"công nhận {filing.name}: 4 sao"),
        True, "chủ thể nhận quyết định của tỉnh trong hộp thư ở huyện",
        "the producer finds the province's decision in its district's inbox",
    )  # fmt: skip
    the_centre_decides(platform, province, upper)
    listed(platform, filing, 5, None, "trung ương công nhận: 5 sao", "the centre's 5 stars")


def the_centre_decides(platform: Platform, province: Council, upper: Any) -> None:
    """Its result comes on paper: an officer enters it, the authority confirms."""
    path = f"{province.home}/higher-results"
    office, authority = platform.of(province.cast.officer), platform.of(province.cast.authority)
    entry = {
        "result_id": upper["id"], "level": "centre", "agency": "Hội đồng trung ương mẫu",
        "total": "93.5", "star": 5, "number": f"{uuid4().hex[:4]}/QĐ-TW",
        "decided_on": date.today().isoformat(),
    }  # fmt: skip
    entered = office.post(path, entry)["id"]
    office.send(f"{path}/{entered}/paper", ("ket-qua.pdf", made_up_paper("ket qua")), method="PUT")
    authority.post(f"{path}/{entered}/confirmation")


def a_commune_reports(platform: Platform) -> None:
    chapter(
        "12. Theo QĐ 26/2026: cán bộ xã báo cáo (Mẫu 03), Hội đồng tỉnh mẫu chấm",
        "under Decision 26/2026 a commune officer reports, the province's council scores",
    )
    round_id = opened_round(platform, PROVINCE, "qd26-2026")
    filing = Filing(platform, PROVINCE, named(), PROVINCE.producer)
    filing.register()
    filing.open(round_id)
    sheet = options(SET, MANY, 4)
    filing.complete(sheet)
    holds(
        filing.by.refused(lambda _: filing.submit()), 422,
        "chưa có báo cáo của xã: chưa nộp được", "not without the commune's report",
    )  # fmt: skip
    commune = platform.of(PROVINCE.commune_officer)
    filing.fill(COMMUNE_REPORT, commune)
    reported = commune.post(f"{filing.path}/commune-report")
    holds(
        reported["report"]["late"], False,
        f"cán bộ xã báo cáo trong hạn 15 ngày làm việc (đến {day(reported['report']['due_on'])})",
        "reported within the 15 working days",
    )  # fmt: skip
    filing.submit()
    filing.accept()
    council = Council(platform, PROVINCE, "province")
    result = judged(council, filing, sheet)
    council.decide([result["id"]])
    listed(platform, filing, 4, None, "tỉnh công nhận: 4 sao", "the province's 4 stars")


def listed(
    platform: Platform, filing: Filing, star: int, potential: int | None, vi: str, en: str
) -> None:
    """What the public sees of it now."""

    def shown_as() -> Sequence[Any]:
        products = platform.get(
            f"/{filing.cast.tenant}/catalog/v1/products", q=filing.name, limit=10
        )["items"]
        return [(one["star"], one["potential"]) for one in products if one["id"] == filing.product]

    awaited(shown_as, [(star, potential)], vi, en)


def told(platform: Platform, cast: Cast, person: Any, about: str) -> bool:
    """Whether a message about it lies in that person's inbox."""
    inbox = platform.of(person).get(f"/{cast.tenant}/notification/v1/messages", limit=20)
    return any(about in one["title"]["vi"] + one["body"]["vi"] for one in inbox["items"])


def found(platform: Platform, tenant: str, query: str) -> list[str]:
    page = platform.get(f"/{tenant}/catalog/v1/products", q=query, limit=10)
    return [one["id"] for one in page["items"]]


def day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"
