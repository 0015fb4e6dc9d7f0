"""The fixtures of the integration tests, and the official Python client on top."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import httpx2  # noqa: E402
import openai  # noqa: E402
import pytest  # noqa: E402
from support.fixtures import *  # noqa: E402,F403


@pytest.fixture
def client(gateway):
    with openai.OpenAI(base_url=gateway.base_url, api_key=gateway.key, timeout=20) as made:
        yield made


@pytest.fixture
def patient_client(gateway):
    """Without the client's own retries: what the gateway answers is what the test sees."""
    with openai.OpenAI(base_url=gateway.base_url, api_key=gateway.key, timeout=20, max_retries=0) as made:
        yield made


@pytest.fixture
def tls_client(tls_gateway, certificate):
    import ssl
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    with httpx2.Client(verify=context) as transport:
        yield openai.OpenAI(base_url=tls_gateway.base_url, api_key=tls_gateway.key, timeout=20, http_client=transport)
