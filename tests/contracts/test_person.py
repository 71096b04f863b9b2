"""How people are reached, and whether a contact and who acts are the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.person import Contact, Email, Person, Phone

PHONE: TypeAdapter[str] = TypeAdapter(Phone)
EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("0901234567", "0901234567"),
        ("+84 901 234 567", "0901234567"),
        ("0901.234.567", "0901234567"),
        (" 090-123-4567 ", "0901234567"),
        ("84901234567", "0901234567"),
        ("0084901234567", "0901234567"),
        ("+84 (0) 901 234 567", "0901234567"),
        ("0901\u00a0234\u00a0567", "0901234567"),
        ("(0296) 3 841 234", "02963841234"),
        ("+84 296 384 123", "0296384123"),
        ("024 3825 3333", "02438253333"),
        ("\u202a+84 90 123 45 67\u202c", "0901234567"),
        ("\u2066090\u2011123\u201145\u201167\u2069", "0901234567"),
        ("０９０１２３４５６７", "0901234567"),
        ("（＋８４）９０－１２３ ４５ ６７", "0901234567"),
        ("(+84) 90-123 45 67", "0901234567"),
        ("0901–234—567", "0901234567"),
        ("090 123 4567", "0901234567"),
        ("0901·234·567", "0901234567"),
        ("0296/3841234", "02963841234"),
        ("tel:+84-90-123-45-67", "0901234567"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled(typed, dialled):
    assert PHONE.validate_python(typed) == dialled


@pytest.mark.parametrize(
    "typed",
    [
        "", "0", "113", "901234567", "090123456", "09012345678", "0296384", "029638412345",
        "0001234567", "0101234567", "+1 901 234 5678", "+85 901 234 567", "0901234567 ext 2",
        "090123456x", "٠٩٠١٢٣٤٥٦٧", "0901234567\x00", "0" * 41, "++84901234567",
    ],
)  # fmt: skip
def test_what_is_no_number_of_vietnam_is_refused(typed):
    with pytest.raises(ValidationError):
        PHONE.validate_python(typed)


@given(st.from_regex(r"0([35789][0-9]{8}|2[0-9]{8,9})", fullmatch=True), st.sampled_from(" .-"))
def test_a_number_is_the_same_however_it_is_parted(number, between):
    assert PHONE.validate_python(between.join(number)) == number
    assert PHONE.validate_python(f"+84{number[1:]}") == PHONE.validate_python(number) == number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Tu.Thot-Not@Mau.Example ", "tu.thot-not@mau.example"),
        ("a+b_c@sub.mau.vn", "a+b_c@sub.mau.vn"),
        ("a@xn--mu-gia.vn", "a@xn--mu-gia.vn"),
        ("a@BÁNH-MÌ.vn", "a@xn--bnh-m-xqa5f.vn"),
        ("a@xn--bnh-m-xqa5f.vn", "a@xn--bnh-m-xqa5f.vn"),
        ("\u202aa@b.vn\u202c", "a@b.vn"),
    ],
)
def test_an_address_is_kept_in_small_letters(typed, kept):
    assert EMAIL.validate_python(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "a@b", "@b.vn", "a@", "a b@c.vn", "a@b..vn", ".a@b.vn", "a.@b.vn", "a@-b.vn",
        "a@b.vn, c@d.vn", "A <a@b.vn>", "a@b.vn\nBcc: c@d.vn", "a@b.1", "à@b.vn", "a@b@c.vn",
        f"{'a' * 250}@b.vn", "\u212aim@b.vn", "ki\u200bm@b.vn", "ｋim@b.vn", "kım@b.vn",
        "a@\u200b.vn", "a@b_\u0111.vn",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValidationError):
        EMAIL.validate_python(typed)


def test_a_contact_can_be_reached():
    assert Contact(name="Chị Tư", phone="+84 901 234 567").phone == "0901234567"
    with pytest.raises(ValidationError, match="neither phone nor e-mail"):
        Contact(name="Chị Tư")


@pytest.mark.parametrize(
    ("contact", "person", "reached"),
    [
        ({"phone": "0901234567"}, {"phone": "+84901234567"}, True),
        ({"email": "A@b.vn"}, {"email": "a@B.vn"}, True),
        ({"email": "a@BÁNH.vn"}, {"email": "a@xn--bnh-ela.vn"}, True),
        ({"phone": "\u202a(+84) 90-123 45 67\u202c"}, {"phone": "０９０１２３４５６７"}, True),
        ({"phone": "0901234567", "email": "a@b.vn"}, {"email": "a@b.vn"}, True),
        ({"phone": "0901234567", "email": "a@b.vn"}, {"phone": "0901234567"}, True),
        ({"phone": "0901234567"}, {"phone": "0901234568"}, False),
        ({"phone": "0901234567"}, {"email": "a@b.vn"}, False),
        ({"email": "a@b.vn"}, {"phone": "0901234567"}, False),
        ({"phone": "0901234567"}, {}, False),
        ({"email": "a@b.vn"}, {}, False),
    ],
)
def test_a_contact_reaches_who_has_the_same_number_or_address(contact, person, reached):
    one = Contact.model_validate({"name": "Chị Tư"} | contact)
    assert (
        one.reaches(Person.model_validate({"id": "Chị Tư", "name": "Chị Tư"} | person)) is reached
    )


def test_a_commune_is_the_same_however_its_name_is_typed():
    officer = Person(id="x", unit="xã Thới Hòa")
    assert officer.works_for("Xã  Thới Hoà")
    assert not officer.works_for("xã Thới Hoa")
    assert not Person(id="x").works_for("xã Thới Hòa")
