from tests.sites import site  # noqa: F401
