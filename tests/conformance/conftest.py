"""Fixtures of the conformance suite: see harness_pytest.py for what they are."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness_pytest import *  # noqa: E402,F401,F403
