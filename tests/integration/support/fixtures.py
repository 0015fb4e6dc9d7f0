"""The fixtures that integration and conformance tests share. A gateway is judged when it ends: status 0, no sanitizer report."""

import pytest

from .gateway import Gateway, default_config, self_signed
from .upstream import Upstream


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def shared_upstream(tmp_path_factory):
    upstream = Upstream(tmp_path_factory.mktemp("upstream"))
    yield upstream
    upstream.stop()


@pytest.fixture
def upstream(shared_upstream):
    """The scripted upstream that all tests share, its counters at 0."""
    shared_upstream.reset()
    return shared_upstream


@pytest.fixture(scope="module")
def plain_of_module(tmp_path_factory, shared_upstream):
    gateway = Gateway(tmp_path_factory.mktemp("gateway"), default_config(shared_upstream.base), shared_upstream)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def tls_of_module(tmp_path_factory, shared_upstream, certificate):
    gateway = Gateway(tmp_path_factory.mktemp("tls-gateway"), default_config(shared_upstream.base), shared_upstream, certificate=certificate)
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(plain_of_module, upstream):
    """One per test file, in clear."""
    return plain_of_module


@pytest.fixture
def tls_gateway(tls_of_module, upstream):
    """One per test file, with a self-signed certificate."""
    return tls_of_module


@pytest.fixture(params=["plain", "tls"])
def any_gateway(request, upstream):
    """The test runs twice: on the plain and on the TLS listener."""
    return request.getfixturevalue("plain_of_module" if request.param == "plain" else "tls_of_module")


@pytest.fixture
def make_upstream(tmp_path):
    """make_upstream(script='', certificate=None, port=0) -> Upstream, stopped after the test."""
    made = []

    def make(script="", certificate=None, port=0):
        made.append(Upstream(tmp_path, script, certificate, port))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def make_gateway(tmp_path_factory, upstream):
    """make_gateway(config_text=None, args=(), env=None, certificate=None, descriptors=None) -> Gateway; those that still run are judged after the test."""
    made = []

    def make(config_text=None, args=(), env=None, certificate=None, descriptors=None):
        text = config_text if config_text is not None else default_config(upstream.base)
        made.append(Gateway(tmp_path_factory.mktemp("made"), text, upstream, args, env, certificate, descriptors))
        return made[-1]

    yield make
    for each in made:
        if each.process.is_running():
            each.stop()
