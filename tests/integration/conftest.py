"""Run with PENSTOCK_BINARY=... to choose the binary under test; else build/asan/penstock, else the release."""

from support.fixtures import *  # noqa: F403  (pytest finds fixtures by their names in this module)


def pytest_configure(config):
    config.addinivalue_line("markers", "threads: also run on the binary built with ThreadSanitizer")
