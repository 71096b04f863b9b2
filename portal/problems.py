"""What only a page has to say."""

from chassis.problems import Problem
from contracts.text import Words


class NoLongerListed(Problem):
    status, slug = 410, "no-longer-listed"
    title = Words("Không còn trong danh mục", "No longer listed")


class PageEnded(Problem):
    status, slug = 410, "page-ended"
    title = Words("Trang này đã hết hạn", "This page has ended")


class Failed(Problem):
    status, slug = 500, "failed"
    title = Words("Trang này đang gặp lỗi", "This page has a fault")

    def __init__(self) -> None:
        super().__init__(
            "Lỗi đã được ghi lại để sửa.", "It has been noted, so that it can be mended."
        )
