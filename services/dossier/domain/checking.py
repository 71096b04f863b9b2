"""Checking a list: what each row says by itself, and what it is beside what stands already."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from contracts.dossier import AwardFacts, CertifiedFacts, ProductSet, SetBasis
from contracts.text import LONGEST_LINE, Words, misreading, unfit, unreadable
from rules.letters import is_word
from rules.vietnamese import key, lowered
from services.dossier.domain.addresses import Gazetteer
from services.dossier.domain.awards import EarlierAward
from services.dossier.domain.imports import Message, Outcome, ReportRow
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product, product_key
from services.dossier.domain.ranks import rank_of
from services.dossier.domain.sheets import Column, Entry

Place = tuple[str, str]
"""A district, and a key within it."""


_ERROR = re.compile(r"#(N/A|GETTING_DATA|[A-Z0-9/_]+[!?])")
"""What a spreadsheet program writes where a formula has no value; in a CSV file it is a text."""


_NOTHING = re.compile(r"[\s\-–—_.,…“”\"'/]*")
"""What people put where there is nothing to say."""


def _wrong_text(column: Column, text: str) -> Words | None:
    if _ERROR.fullmatch(text):
        return Words(
            f"Ô này là giá trị lỗi của bảng tính ({text}): ghi lại giá trị đúng.",
            f"The cell is a spreadsheet's error value ({text}): write the right value.",
        )
    if _NOTHING.fullmatch(text):
        return Words("Để trống.", "It is empty.")
    if text.startswith("="):
        return Words(
            "Ô này là công thức: dán lại dưới dạng giá trị.",
            "The cell is a formula: paste it as a value.",
        )
    if column is not Column.LIST and not is_word(text):
        return Words(
            f"Ô này không có chữ hay số nào: “{text[:40]}”.",
            f"There is no letter and no figure in the cell: “{text[:40]}”.",
        )
    rank = column is Column.LIST
    if words := (misreading(text) or unreadable(text)) if rank else unfit(text):
        return Words(_sentence(words.vi), _sentence(words.en))
    if len(text) > LONGEST_LINE:
        return Words(f"Dài quá {LONGEST_LINE} ký tự.", f"Longer than {LONGEST_LINE} characters.")
    return None


def _sentence(said: str) -> str:
    return f"{said[0].upper()}{said[1:]}."


def read_row(entry: Entry, gazetteer: Gazetteer) -> ReportRow:
    """What a row says by itself, and what is wrong with it by itself."""
    messages = [
        Message(
            level="note", field=column, vi=f"Lấy từ ô gộp {cells}.", en=f"From merged cell {cells}."
        )
        for column, cells in entry.filled.items()
    ]

    def wrong(column: Column, words: Words) -> None:
        messages.append(Message(level="wrong", field=column, vi=words.vi, en=words.en))

    for column, text in entry.values.items():
        if words := _wrong_text(column, text):
            wrong(column, words)
    if entry.surplus:
        wrong(list(entry.values)[-1], _beyond(entry.surplus))
    at_fault = {message.field for message in messages if message.level == "wrong"}
    rank = district = None
    if Column.LIST not in at_fault:
        rank = rank_of(entry.values[Column.LIST])
        if rank is None:
            wrong(Column.LIST, _unknown_rank(entry.values[Column.LIST]))
    if Column.ADDRESS not in at_fault:
        reading = gazetteer.read(entry.values[Column.ADDRESS])
        district = reading.district
        if reading.remark:
            level: Literal["note", "wrong"] = "note" if district else "wrong"
            messages.append(
                Message(
                    level=level, field=Column.ADDRESS, vi=reading.remark.vi, en=reading.remark.en
                )
            )
    return ReportRow(
        row=entry.number,
        outcome=_outcome(messages),
        product=entry.values[Column.PRODUCT],
        producer=entry.values[Column.PRODUCER],
        address=entry.values[Column.ADDRESS],
        district=district,
        star=rank and rank.star,
        potential=rank and rank.potential,
        messages=tuple(messages),
    )


def _beyond(surplus: Sequence[str]) -> Words:
    texts = ", ".join(f"“{text[:40]}”" for text in surplus[:5])
    return Words(
        f"Dòng có nhiều ô hơn hàng tiêu đề, thừa {texts}: đặt ô có dấu phẩy trong ngoặc kép, "
        "hoặc ghi tiêu đề cho cột.",
        f"The row has more cells than the heading, {texts}: put a cell with commas in quotes, "
        "or give the column a heading.",
    )


def _outcome(messages: Iterable[Message]) -> Outcome:
    return Outcome.WRONG if any(one.level == "wrong" for one in messages) else Outcome.NEW


def _unknown_rank(text: str) -> Words:
    return Words(
        f"Không có hạng “{text[:40]}”: ghi 3, 4, 5, tiềm năng 4 hoặc tiềm năng 5.",
        f"There is no rank “{text[:40]}”: write 3, 4, 5, potential-4 or potential-5.",
    )


@dataclass
class Register:
    """What stands in the districts, of what a list may name; grows by what the list adds.

    `sets`: the product sets that the platform assigned, by a file of its own. `alike`: one product
    of each likeness; `lines`: the rows of this list, by product. A product that was certified by
    other words than the register's is found by both.
    """

    producers: dict[Place, Producer]
    products: dict[Place, Product]
    awards: dict[str, EarlierAward]
    sets: Mapping[Place, int]
    alike: dict[Place, Product]
    lines: dict[Place, ReportRow] = field(default_factory=dict)
    added: list[Producer | Product | EarlierAward] = field(default_factory=list)
    relied_on: dict[str, Producer | Product] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        producers: Iterable[Producer],
        products: Iterable[Product],
        awards: Iterable[EarlierAward],
        sets: Mapping[Place, int],
        certified: Mapping[Place, str],
    ) -> "Register":
        known = list(products)
        by_id = {one.id: one for one in known}
        return cls(
            {(one.tenant, one.key): one for one in producers},
            {place: by_id[id] for place, id in certified.items() if id in by_id}
            | {(one.tenant, one.key): one for one in known},
            {one.facts.product_id: one for one in awards},
            sets,
            {(one.tenant, one.likeness): one for one in known},
        )

    def enter(self, row: ReportRow, list_: "Reported") -> ReportRow:
        """The row beside what stands, which it joins when it is new."""
        if row.outcome is Outcome.WRONG or row.district is None:
            return row
        place = (row.district, product_key(row.product, row.producer))
        if place in self.lines:
            return _with(
                row, Outcome.WRONG, "wrong", Column.PRODUCT, _twice(self.lines[place], row)
            )
        self.lines[place] = row
        product = self.products.get(place)
        if product is None:
            return self._add(row, place, list_)
        self.relied_on[product.id] = product
        award = self.awards.get(product.id)
        if award is None:  # registered by a person, and no list has reported a rank yet
            return self._award(row, product, list_)
        known = row.model_copy(
            update={"outcome": Outcome.SAME, "product_id": product.id, "award_id": award.id}
        )
        if product.key != place[1]:
            known = _with(known, Outcome.SAME, "note", Column.PRODUCT, _called(product))
        if key(product.facts.address) != key(row.address):
            words = _other_address(product.facts.address)
            known = _with(known, Outcome.SAME, "note", Column.ADDRESS, words)
        if (award.facts.star, award.facts.potential) == (row.star, row.potential):
            return known
        return _with(known, Outcome.DIFFERS, "note", Column.LIST, _other_rank(award))

    def _add(self, row: ReportRow, place: Place, list_: "Reported") -> ReportRow:
        producer = self._producer(place[0], row)
        number = self.sets.get(place)
        product = Product.made_by(
            producer, row.product, row.address, list_.import_id,
            ProductSet(number=number, basis=SetBasis.ASSIGNED) if number else None,
        )  # fmt: skip
        self.added.append(product)
        new = self._award(row, product, list_)
        near = self.alike.setdefault((product.tenant, product.likeness), product)
        if near is product:
            return new
        words = _close_to(near, self.lines.get((near.tenant, near.key)))
        return _with(new, Outcome.NEW, "note", Column.PRODUCT, words)

    def _award(self, row: ReportRow, product: Product, list_: "Reported") -> ReportRow:
        award = EarlierAward(
            tenant=product.tenant,
            facts=AwardFacts(
                product_id=product.id, star=row.star, potential=row.potential,
                reported_on=list_.reported_on, source=list_.source,
                certified=CertifiedFacts(
                    product=product.facts.name, producer=product.producer,
                    address=product.facts.address,
                ),
            ),
        )  # fmt: skip
        self.awards[product.id] = award
        self.added.append(award)
        return row.model_copy(update={"product_id": product.id, "award_id": award.id})

    def _producer(self, district: str, row: ReportRow) -> Producer:
        place = (district, lowered(row.producer))
        if producer := self.producers.get(place):
            if producer.version:
                self.relied_on[producer.id] = producer
            return producer
        producer = Producer.named(district, row.producer, row.address)
        self.producers[place] = producer
        self.added.append(producer)
        return producer


@dataclass(frozen=True)
class Reported:
    """Which import, and what its list says of itself."""

    import_id: str
    reported_on: date
    source: str


def _with(
    row: ReportRow, outcome: Outcome, level: Literal["note", "wrong"], column: Column, words: Words
) -> ReportRow:
    message = Message(level=level, field=column, vi=words.vi, en=words.en)
    return row.model_copy(update={"outcome": outcome, "messages": (*row.messages, message)})


def _twice(first: ReportRow, row: ReportRow) -> Words:
    one, other = _rank(first.star, first.potential), _rank(row.star, row.potential)
    if one == other:
        return Words(
            f"Trùng với dòng {first.row}: chỉ giữ một.", f"The same as row {first.row}: keep one."
        )
    return Words(
        f"Trùng với dòng {first.row} mà hạng trái nhau ({one.vi} và {other.vi}): "
        "giữ dòng có hạng đúng.",
        f"The same as row {first.row} with another rank ({one.en} and {other.en}): "
        "keep the row that is right.",
    )


def _rank(star: int | None, potential: int | None) -> Words:
    return Words(
        f"{star} sao{f', tiềm năng {potential} sao' if potential else ''}",
        f"{star} stars{f', potential {potential}' if potential else ''}",
    )


def _close_to(near: Product, line: ReportRow | None) -> Words:
    vi, en = (f" (dòng {line.row})", f" (row {line.row})") if line else ("", "")
    return Words(
        f"Gần giống sản phẩm đã có: “{near.facts.name}” của “{near.producer}”{vi}, chỉ khác dấu, "
        "cách viết hoặc viết tắt. Kiểm tra có đúng là sản phẩm khác.",
        f"Close to “{near.facts.name}” of “{near.producer}”{en}, save for diacritics, "
        "spelling or short forms: check that it is another product.",
    )


def _called(product: Product) -> Words:
    return Words(
        f"Ghi như trên giấy chứng nhận; nay là “{product.facts.name}” của “{product.producer}”.",
        f"As it was certified; today {product.facts.name} of {product.producer}.",
    )


def _other_address(kept: str) -> Words:
    return Words(f"Địa chỉ đã ghi, và vẫn giữ: {kept}", f"The address on record, and kept: {kept}")


def _other_rank(award: EarlierAward) -> Words:
    kept = _rank(award.facts.star, award.facts.potential)
    return Words(f"Đã ghi {kept.vi}: không thay đổi.", f"On record with {kept.en}: kept.")
