"""What the catalogue refuses beside what every service does."""

from chassis.problems import Problem
from contracts.text import Words


class CursorEnded(Problem):
    status, slug = 410, "cursor-ended"
    title = Words("Dấu trang đã hết hạn", "The cursor has ended")

    def __init__(self) -> None:
        super().__init__(
            "Danh sách này chỉ được giữ năm phút sau mỗi trang. Mời xem lại từ trang đầu.",
            "This list is kept for five minutes after each page. Begin again at the first page.",
        )
