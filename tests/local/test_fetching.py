from pathlib import Path

import pytest

from deploy.local.engines import fetching
from deploy.local.engines.elasticsearch import reachable_by_others
from deploy.local.failure import Failure


def fetch_half(target: Path) -> None:
    with fetching.once(target, "engine", 1) as part:
        assert part
        (part / "half").touch()
        raise KeyboardInterrupt


def test_an_interrupted_fetch_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    target = tmp_path / "cache" / "engine-1"
    left = tmp_path / "cache" / ".engine-1.part-killed"
    left.mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        fetch_half(target)
    assert [path.name for path in target.parent.iterdir()] == [".engine-1.lock"]

    with fetching.once(target, "engine", 1) as part:
        assert part
        (part / "whole").touch()
    assert [path.name for path in target.iterdir()] == ["whole"]

    with fetching.once(target, "engine", 1) as part:
        assert part is None


def test_another_file_than_the_expected_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "engine.zip"
    file.write_bytes(b"something else")
    with pytest.raises(Failure, match=r"engine\.zip is not the file that was expected"):
        fetching.verify(file, "0" * 64)


def test_a_folder_that_another_user_cannot_pass_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    inside = closed / "state"
    inside.mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(Failure, match=f"cannot pass through {closed}"):
        reachable_by_others(inside)
