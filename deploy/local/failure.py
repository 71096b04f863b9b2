"""What an operator is told when something cannot go on: both languages, and no traceback."""


class Failure(Exception):
    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")
