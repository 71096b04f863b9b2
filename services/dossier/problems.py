"""What can be wrong with a list of products, as a whole."""

from typing import Any

from chassis.problems import TooLarge, Unprocessable
from contracts.text import Words


class NotASheet(Unprocessable):
    slug = "not-a-sheet"
    title = Words("Không đọc được bảng tính", "Not a readable sheet")


class NoSheet(NotASheet):
    """A file of another kind, whatever its name says; of which, where that is known."""

    def __init__(self, kind: Words | None = None) -> None:
        vi, en = (f" Đây là {kind.vi}.", f" It is {kind.en}.") if kind else ("", "")
        super().__init__(
            f"Tệp này không phải CSV hoặc XLSX.{vi} Trong chương trình đã làm ra tệp, chọn Lưu "
            "thành (Save As) hoặc Xuất (Export), loại “Excel Workbook (.xlsx)” hoặc “CSV UTF-8 "
            "(Comma delimited)”, rồi gửi lại.",
            f"This file is neither CSV nor XLSX.{en} In the program that made it choose Save As, "
            "or Export, “Excel Workbook (.xlsx)” or “CSV UTF-8 (Comma delimited)”, and send it "
            "again.",
        )


class WrongEncoding(Unprocessable):
    """`found`: what its letters were recognised as, with what to do."""

    slug = "wrong-encoding"
    title = Words("Sai bảng mã chữ", "Wrong encoding")

    def __init__(self, found: Words | None = None) -> None:
        if found is not None:
            super().__init__(
                f"Cả tệp là {found.vi}. Rồi lưu dạng “CSV UTF-8 (Comma delimited)” hoặc “Excel "
                "Workbook (.xlsx)” và gửi lại.",
                f"The whole file is {found.en}. Then save it as “CSV UTF-8 (Comma delimited)” or "
                "“Excel Workbook (.xlsx)”, and send it again.",
            )
            return
        super().__init__(
            "Tệp CSV không phải UTF-8, hoặc chữ đã mất dấu khi lưu. Mở bản gốc trong Excel, chọn "
            "Lưu thành (Save As), loại “CSV UTF-8 (Comma delimited)” hoặc “Excel Workbook "
            "(.xlsx)”, rồi gửi lại.",
            "The CSV file is not in UTF-8, or letters were lost in saving. Open the original in "
            "Excel, choose Save As, “CSV UTF-8 (Comma delimited)” or “Excel Workbook (.xlsx)”, "
            "and send it again.",
        )


class MissingColumns(Unprocessable):
    slug = "missing-columns"
    title = Words("Thiếu cột", "Columns are missing")


class SheetTooLarge(TooLarge):
    """In anything else than its rows."""

    slug = "sheet-too-large"
    title = Words("Bảng tính quá lớn", "The sheet is too large")

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(
            f"{vi}. Chép riêng danh sách (dán giá trị) sang một tệp mới rồi gửi lại.",
            f"{en}. Copy the list alone (paste values) into a new file and send that.",
        )


class TooManyRows(TooLarge):
    slug = "too-many-rows"
    title = Words("Quá nhiều dòng", "Too many rows")


class WrongRows(Unprocessable):
    """Nothing was written. `report` says row by row why."""

    slug = "wrong-rows"
    title = Words("Có dòng chưa đúng", "Some rows are wrong")

    def __init__(self, count: int, report: Any) -> None:
        super().__init__(
            f"{count} dòng chưa đúng nên chưa ghi dòng nào. Sửa theo báo cáo rồi gửi lại.",
            f"{count} rows are wrong, so none was written. Mend them by the report and send again.",
        )
        self.report = report
