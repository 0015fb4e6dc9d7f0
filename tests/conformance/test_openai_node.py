"""Runs openai_node.mjs with the pinned Node and gives each of its tests a name here."""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NODE_HOME = Path(os.environ.get("PENSTOCK_NODE_HOME", HERE.parents[1] / "build" / "node"))
NAMES = re.findall(r'^test\("([^"]+)"', (HERE / "openai_node.mjs").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def outcomes(plain_of_module, tmp_path_factory):
    """Name -> failure text, or None. The scripts run from a copy beside node_modules: imports are resolved from there."""
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, NODE_HOME)
    report = tmp_path_factory.mktemp("node") / "junit.xml"
    done = subprocess.run(
        [NODE_HOME / "node_modules/.bin/node", "--test", "--test-reporter=junit", f"--test-reporter-destination={report}", NODE_HOME / "openai_node.mjs"],
        env={"PATH": os.environ["PATH"], "HOME": str(report.parent), "PENSTOCK_BASE_URL": plain_of_module.base_url, "PENSTOCK_KEY": plain_of_module.key},
        capture_output=True, text=True, timeout=180)
    cases = {case.get("name"): case.find("failure") for case in ElementTree.parse(report).iter("testcase")} if report.exists() else {}
    assert cases, done.stdout + done.stderr
    return {name: None if failure is None else (failure.text or failure.get("message")) for name, failure in cases.items()}


@pytest.mark.parametrize("name", NAMES)
def test_node(outcomes, name):
    assert name in outcomes, f"it did not run; these did: {sorted(outcomes)}"
    assert outcomes[name] is None, outcomes[name]
