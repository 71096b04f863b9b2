"""What pydantic refuses, field by field, in our own words."""

from typing import Any

from pydantic import ValidationError

from chassis.problems import FieldProblem, Unprocessable
from contracts.text import ID, ONE_LINE, SLUG, Words

_NO_DAY = Words("phải là ngày, dạng YYYY-MM-DD", "has to be a day, as YYYY-MM-DD")
_NO_NUMBER = Words("phải là số nguyên", "has to be a whole number")
_NO_DECIMAL = Words("phải là số, viết như 93.5", "has to be a number, written as 93.5")
_NO_OBJECT = Words("phải là một đối tượng {{...}}", "has to be an object {{...}}")
_NO_BOOLEAN = Words("phải là true hoặc false", "has to be true or false")
_NOT_ONE_OF = Words("phải là một trong: {expected}", "has to be one of: {expected}")
_OTHER = Words("chưa đúng", "is not right")

WORDS = {
    "missing": Words("còn thiếu", "is missing"),
    "extra_forbidden": Words("không có mục này", "there is no such field"),
    "given_twice": Words("chỉ được ghi một lần", "is given more than once, and one is meant"),
    "model_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
    "list_type": Words("phải là một danh sách", "has to be a list"),
    "string_type": Words("phải là chữ", "has to be a text"),
    "string_unicode": Words("có ký tự không đúng", "has characters that are none"),
    "string_too_short": Words(
        "phải có ít nhất {min_length} ký tự", "has to have at least {min_length} characters"
    ),
    "string_too_long": Words(
        "chỉ được dài {max_length} ký tự", "may have {max_length} characters at most"
    ),
    "string_pattern_mismatch": Words("không đúng dạng", "is not of the right form"),
    "unfit": Words("{vi}", "{en}"),
    "too_short": Words("phải có ít nhất {min_length} mục", "has to have at least {min_length}"),
    "too_long": Words("chỉ được có {max_length} mục", "may have {max_length} at most"),
    "phone": Words(
        "phải là số điện thoại ở Việt Nam, như 0901 234 567",
        "has to be a phone number of Vietnam, such as 0901 234 567",
    ),
    "email": Words("phải là địa chỉ e-mail", "has to be an e-mail address"),
    "unreachable": Words(
        "cần số điện thoại hoặc địa chỉ e-mail", "needs a phone number or an e-mail address"
    ),
    "file_type": Words("phải là một tệp", "has to be a file"),
    "int_type": _NO_NUMBER,
    "int_parsing": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
    "int_parsing_size": Words("số quá lớn", "is too large a number"),
    "decimal_type": _NO_DECIMAL,
    "decimal_parsing": _NO_DECIMAL,
    "finite_number": _NO_DECIMAL,
    "decimal_max_digits": Words("có quá nhiều chữ số", "has too many digits"),
    "decimal_max_places": Words("có quá nhiều số lẻ", "has too many decimal places"),
    "decimal_whole_digits": Words("số quá lớn", "is too large a number"),
    "bool_type": _NO_BOOLEAN,
    "bool_parsing": _NO_BOOLEAN,
    "greater_than": Words("phải lớn hơn {gt}", "has to be more than {gt}"),
    "greater_than_equal": Words("phải từ {ge} trở lên", "has to be {ge} or more"),
    "less_than": Words("phải nhỏ hơn {lt}", "has to be less than {lt}"),
    "less_than_equal": Words("chỉ được đến {le}", "may be {le} at most"),
    "enum": _NOT_ONE_OF,
    "literal_error": _NOT_ONE_OF,
    "date_type": _NO_DAY,
    "date_parsing": _NO_DAY,
    "date_from_datetime_parsing": _NO_DAY,
    "date_from_datetime_inexact": _NO_DAY,
}
FORMS = {
    ONE_LINE: Words(
        "chỉ một dòng, không có ký tự điều khiển", "has to be one line, without control characters"
    ),
    SLUG: Words(
        "chỉ gồm chữ thường không dấu, số và dấu gạch nối",
        "has to be of small letters without accents, digits and hyphens",
    ),
    ID: Words("phải là một mã UUID", "has to be a UUID"),
}
"""What the patterns of our texts ask for."""


def refused(error: ValidationError) -> Unprocessable:
    fields = [
        FieldProblem(".".join(str(part) for part in one["loc"]) or "body", *_said(one))
        for one in error.errors(include_url=False, include_input=False)
    ]
    return Unprocessable(
        "Có mục chưa đúng, xem từng mục bên dưới.",
        "Some fields are not right, see each below.",
        fields,
    )


def _said(one: Any) -> Words:
    context: dict[str, Any] = one.get("ctx", {})
    words = FORMS.get(context.get("pattern", "")) or WORDS.get(one["type"], _OTHER)
    if "expected" in context:  # 'csv' or 'xlsx'
        vietnamese = context | {"expected": context["expected"].replace(" or ", " hoặc ")}
        return Words(words.vi.format(**vietnamese), words.en.format(**context))
    return Words(words.vi.format(**context), words.en.format(**context))
