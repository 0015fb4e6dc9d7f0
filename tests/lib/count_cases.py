"""Prints "passed failed" of a JUnit file, as GoogleTest, pytest and node:test write it. Skipped cases are neither."""

import sys
import xml.etree.ElementTree as ElementTree

passed = failed = 0
for case in ElementTree.parse(sys.argv[1]).iter("testcase"):
    if case.find("failure") is not None or case.find("error") is not None:
        failed += 1
        print(f"  failed: {case.get('classname', '')}.{case.get('name')}", file=sys.stderr)
    elif case.find("skipped") is None and case.get("status") != "notrun":
        passed += 1
print(passed, failed)
