"""The demonstration on a platform of the tests' own: three times in a row, all as told."""

import pytest

from demo.platform import Platform
from demo.story import tell
from tests.sites import told


@pytest.mark.parametrize("time", [1, 2, 3])
def test_the_story_is_as_told(site, time):
    def operate(*words: str) -> str:
        return told(site, "catalog", *words)

    tell(Platform(site.url("gateway"), site.url("portal"), site.folder, operate))
