"""How a dossier is filed, by the hands of those who do it. Everything in it is made up."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from contracts.person import Person
from demo.cast import COMMUNE, Cast, contact
from demo.platform import Platform, Refused, Seat
from demo.telling import waited

SET = 4
"""Honey, syrups and other raw produce: where palm sugar belongs."""
DUE_DAYS = 14
PAPERS = {
    "business-registration": "Giấy đăng ký kinh doanh mẫu",
    "food-safety": "Giấy đủ điều kiện an toàn thực phẩm mẫu",
}
"""Without these nothing is submitted."""
FIELDS = {
    "registration.representative": "Chủ cơ sở mẫu",
    "registration.address": "Ấp Mẫu, xã Mẫu, huyện Mẫu",
    "registration.phone": "0900001005",
    "registration.product_description": "Đường thốt nốt dạng viên, làm mẫu, không có thật.",
    "registration.samples": 5,
    "registration.undertaking": True,
    "general.workers": 12,
    "general.main_market": "Trong huyện",
    "plan.markets": "Trong tỉnh, rồi trên sàn mẫu.",
}
COMMUNE_REPORT = {
    "report.local_material_share": 90,
    "report.local_material": "Nước thốt nốt của xã Mẫu.",
    "report.local_labour": "Lao động trong xã Mẫu.",
    "report.idea": "Nghề nấu đường của xã Mẫu.",
    "report.identity": "Cây thốt nốt của xã Mẫu.",
}


def opened_round(platform: Platform, cast: Cast, procedure: str) -> str:
    """A round that takes dossiers from today on; its id."""
    today = date.today()
    body = {
        "name": f"Đợt mẫu {uuid4().hex[:6]}", "procedure": procedure,
        "opens_on": today.isoformat(), "closes_on": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    office = platform.of(cast.officer)
    return str(office.post(f"/{cast.tenant}/evaluation/v1/rounds", body)["id"])


def named() -> str:
    """A product's name of its own in each telling."""
    return f"Đường thốt nốt mẫu {uuid4().hex[:6]} (không có thật)"


class Filing:
    """One product's dossier, `by` who fills it."""

    def __init__(self, platform: Platform, cast: Cast, name: str, by: Person) -> None:
        self.platform, self.cast, self.name, self.person = platform, cast, name, by
        self.by = platform.of(by)
        self.dossier, self.producer, self.product = "", "", ""

    @property
    def home(self) -> str:
        return f"/{self.cast.tenant}/dossier/v1"

    @property
    def path(self) -> str:
        return f"{self.home}/dossiers/{self.dossier}"

    def register(self) -> None:
        """A producer of its own, reached as the cast's producer is, and its product."""
        address = "Ấp Mẫu, xã Mẫu, huyện Mẫu"
        facts = {
            "name": f"Cơ sở {self.name.lower()}", "kind": "household", "address": address,
        }  # fmt: skip
        registered = self.by.post(
            f"{self.home}/producers",
            {"facts": facts, "contacts": [contact(self.cast.producer)], "commune": COMMUNE},
        )
        self.producer = registered["id"]
        product = {
            "name": self.name, "producer_id": self.producer, "address": address,
            "commune": COMMUNE, "set": {"number": SET, "basis": "assigned"},
        }  # fmt: skip
        self.product = self.by.post(f"{self.home}/products", {"facts": product})["id"]

    def open(self, round_id: str) -> None:
        """Into a round of which the dossier service may still have to hear."""
        body = {"product_id": self.product, "round_id": round_id, "kind": "first"}

        def opened() -> str | None:
            try:
                return str(self.by.post(f"{self.home}/dossiers", body)["id"])
            except Refused as refused:
                if [one["field"] for one in refused.problem.get("errors", [])] == ["round_id"]:
                    return None
                raise

        self.dossier = waited(opened, "đợt đã mở", "the round is open")

    def prove(self, kinds: Iterable[str], title: str = "Giấy mẫu") -> list[str]:
        """Made-up evidence of these kinds; its ids."""
        ids = []
        for kind in kinds:
            named = PAPERS.get(kind, f"{title}: {kind}")
            file = (f"{kind}.pdf", made_up_paper(f"{kind} {self.dossier}"))
            sent = self.by.send(
                f"{self.home}/evidence", file, producer_id=self.producer, kind=kind, title=named
            )
            ids.append(sent["id"])
        return ids

    def fill(self, values: Mapping[str, Any], seat: Seat | None = None) -> None:
        """Save these fields, each with the value that it replaces."""
        who = seat or self.by
        draft = who.get(self.path)["draft"]
        changes = [
            {"field": field, "was": draft.get(field), "now": now} for field, now in values.items()
        ]
        who.patch(f"{self.path}/fields", {"changes": changes})

    def choose(self, options: Mapping[str, int]) -> None:
        """The self-score, criterion by criterion."""
        self.fill({f"options.{code}": number for code, number in options.items()})

    def complete(self, options: Mapping[str, int]) -> None:
        """All that a submission asks for."""
        self.fill(FIELDS)
        self.fill({"registration.attachments": self.prove(PAPERS)})
        self.choose(options)

    def submit(self, seat: Seat | None = None) -> None:
        (seat or self.by).post(f"{self.path}/submission", key=str(uuid4()))

    def accept(self) -> None:
        team = self.platform.of(self.cast.help_team)
        team.post(f"{self.home}/reviews/{self.dossier}/acceptance")

    def filed(self, round_id: str, options: Mapping[str, int]) -> "Filing":
        """The whole way to the council's door at once."""
        self.register()
        self.open(round_id)
        self.complete(options)
        self.submit()
        self.accept()
        return self


def made_up_paper(text: str) -> bytes:
    """A PDF of one page that says what it is: nothing."""
    page = f"BT /F 24 Tf 72 720 Td (Giay mau, khong co that: {text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )
