"""What an operator does to a platform that runs."""

from tests.sites import told


def test_the_index_is_rebuilt_by_the_job_process(site):
    told_before, told_after = told(site, "catalog", "rebuild"), told(site, "catalog", "rebuild")
    assert told_before.startswith("chỉ mục mới · new index:")
    assert told_before != told_after
    assert "thiếu hoặc cũ hơn · missing in the index or older: 0" in told(site, "catalog", "check")


def test_nothing_is_dead_or_unrouted(site):
    for service in ("dossier", "evaluation", "catalog", "notification"):
        assert told(site, service, "dead-letters", "list") == ""
