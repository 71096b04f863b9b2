"""What can be wrong with how something is sent. Nothing of Flask here: see worker.py."""

from chassis.problems import Problem
from contracts.text import Words


class Slow(Problem):
    status, slug = 408, "slow"
    title = Words("Gửi lên quá chậm", "Sent too slowly")

    def __init__(self) -> None:
        super().__init__(
            "Gửi lên quá chậm nên đã dừng. Mời thử lại.", "It came too slowly. Please try again."
        )


class LongAddress(Problem):
    status, slug = 414, "long-address"
    title = Words("Địa chỉ quá dài", "The address is too long")


class LongHeaders(Problem):
    status, slug = 431, "long-headers"
    title = Words("Phần đầu quá dài", "The headers are too long")


class Unreadable(Problem):
    slug = "unreadable"
    title = Words("Không đọc được yêu cầu", "The request cannot be read")
