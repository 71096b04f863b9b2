"""What can go wrong at the door, and between it and a service."""

from chassis.problems import Problem
from contracts.text import Words


class TimedOut(Problem):
    status, slug = 504, "timed-out"
    title = Words("Dịch vụ trả lời quá lâu", "The service took too long")


class AnswerLost(Problem):
    """Sent, and the connection broke before an answer: the fate of what was asked is unknown."""

    status, slug = 502, "answer-lost"
    title = Words("Mất kết nối với dịch vụ", "The connection to the service broke")
