"""The SDK's own test suites, on the demo plugins."""

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class, get_target_test_class

from .kit_demo_tap import DemoTap
from .kit_demo_target import DemoTarget

TestTapSuite = get_tap_test_class(DemoTap, config={"rows": 20}, suite_config=SuiteConfig(max_records_limit=5))
StandardTargetSuite = get_target_test_class(DemoTarget, config={"folder": "/nonexistent"})


class TestTargetSuite(StandardTargetSuite):
    @pytest.fixture(autouse=True)
    def _folder(self, runner, tmp_path):
        runner.config = {"folder": str(tmp_path)}
