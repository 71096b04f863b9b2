"""What can be wrong with a request, in words for people. The HTTP side answers each as RFC 9457."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from contracts.text import Words

MEDIA_TYPE = "application/problem+json"


class FieldProblem(NamedTuple):
    """`field`: the path in the body, dotted; what is wrong there and what to write instead."""

    field: str
    vi: str
    en: str


class Problem(Exception):
    """A subclass has a status, a stable slug and a title; an instance says what to mend, and where
    it is known after how many seconds to come again.
    """

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[Words] = Words("Yêu cầu chưa đúng", "The request is not right")

    def __init__(
        self,
        vi: str,
        en: str,
        fields: Sequence[FieldProblem] = (),
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(en)
        self.words, self.fields, self.retry_after = Words(vi, en), tuple(fields), retry_after

    def as_json(self) -> dict[str, Any]:
        """RFC 9457, Vietnamese in its own members and English beside them."""
        body: dict[str, Any] = {
            "type": f"urn:ocop:problem:{self.slug}",
            "status": self.status,
            "title": self.title.vi,
            "detail": self.words.vi,
            "en": {"title": self.title.en, "detail": self.words.en},
        }
        if self.fields:
            body["errors"] = [field._asdict() for field in self.fields]
        return body


def told_first_in(language: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same problem, what is said first in that language and the other beside it."""
    if language == "vi":
        return body
    vietnamese = {name: body[name] for name in ("title", "detail")}
    return body | body["en"] | {"vi": vietnamese}


class Unauthenticated(Problem):
    status, slug = 401, "unauthenticated"
    title = Words("Chưa đăng nhập", "Not signed in")


class Forbidden(Problem):
    status, slug = 403, "forbidden"
    title = Words("Không có quyền", "Not allowed")


class NotFound(Problem):
    """Also for another tenant's, of which nobody is told that it exists."""

    status, slug = 404, "not-found"
    title = Words("Không tìm thấy", "Not found")


class Conflict(Problem):
    status, slug = 409, "conflict"
    title = Words("Không thực hiện được lúc này", "Not possible as things stand")


class Outdated(Conflict):
    """Another was first. The whole use case runs again; a person sees it only when that is vain."""

    slug = "outdated"

    def __init__(self, what: str) -> None:
        super().__init__(
            "Người khác vừa thay đổi dữ liệu này. Mời thử lại.",
            f"Somebody else has just changed this ({what}). Please try again.",
        )


class Stale(Problem):
    """Decided by a version that is no longer the present one: never run again by itself."""

    status, slug = 412, "stale"
    title = Words("Dữ liệu đã thay đổi", "This has changed meanwhile")

    def __init__(self, seen: int, present: int) -> None:
        super().__init__(
            f"Bạn đang xem phiên bản {seen}, phiên bản hiện tại là {present}. Mời xem lại rồi gửi.",
            f"You have seen version {seen}, the present one is {present}. Look again and send.",
        )


class AlreadyDone(Conflict):
    """The request came again, its effect is there, and what was answered then is not."""

    slug = "already-done"

    def __init__(self) -> None:
        super().__init__(
            "Việc này đã được làm khi gửi lần trước, nhưng câu trả lời không được lưu. Mời xem lại"
            " dữ liệu trước khi gửi một yêu cầu mới.",
            "This was done when it was sent before, but its answer was not kept. Look at what is"
            " there before you send anything anew.",
        )


class TooLarge(Problem):
    status, slug = 413, "too-large"
    title = Words("Nội dung quá lớn", "Too large")


class Unprocessable(Problem):
    """Readable, and wrong: each field's problem says what to mend."""

    status, slug = 422, "unprocessable"
    title = Words("Dữ liệu chưa đúng", "The data is not right")


class TooMany(Problem):
    status, slug = 429, "too-many-requests"
    title = Words("Quá nhiều yêu cầu", "Too many requests")


class Unavailable(Problem):
    """What this needs is away. In a worker the message comes again, and is never given up."""

    status, slug = 503, "unavailable"
    title = Words("Tạm thời chưa phục vụ được", "Out of service for the moment")
