import pytest

from deploy.local.failure import Failure
from deploy.local.operating import seconds


@pytest.mark.parametrize(
    ("said", "meant"), [("30s", 30), ("15m", 900), ("1h", 3600), ("2d", 172800)]
)
def test_a_duration_is_read(said: str, meant: int) -> None:
    assert seconds(said) == meant


@pytest.mark.parametrize("said", ["", "1", "h", "-1h", "1w", "1.5h"])
def test_what_is_no_duration_is_refused(said: str) -> None:
    with pytest.raises(Failure, match="is no duration"):
        seconds(said)
