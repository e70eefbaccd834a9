"""The SDK's own suite for targets, against the stand-in.

It asks for no more than that no exception comes (Meltano reference, "The SDK's test suites"), so rows are
compared here.
"""

import pytest
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.runners import TargetTestRunner
from target_databricks_uc.target import TargetDatabricksUc

pytestmark = pytest.mark.server

#: Canned file -> table, columns (the first orders the rows), rows.
LOADED = {
    "array_data": (
        "test_array_data",
        ("id", "fruits"),
        [
            ("1", '["apple","orange","pear"]'),
            ("2", '["banana","apple"]'),
            ("3", '["pear"]'),
            ("4", '["orange","banana","apple","pear"]'),
        ],
    ),
    "camelcase": (
        "testcamelcase",
        ("Id", "clientName"),
        [("1", "Gitter Windows Desktop App"), ("2", "Gitter iOS App")],
    ),
    "duplicate_records": ("test_duplicate_records", ("id", "metric"), [("1", "100"), ("2", "20")]),
    "no_primary_keys": ("test_no_pk", ("id", "metric"), [("1", "11"), ("2", "22"), ("3", "33")]),
    "optional_attributes": (
        "test_optional_attributes",
        ("id", "optional"),
        [("1", "This is optional"), ("2", None), ("3", "Also optional"), ("4", None)],
    ),
    "record_missing_fields": (
        "record_missing_fields",
        ("id", "optional"),
        [("1", "now you see me"), ("2", None)],
    ),
    "schema_no_properties": (
        "test_object_schema_no_properties",
        ("object_store",),
        [('{"id":1,"metric":1}',), ('{"id":2,"metric":2}',)],
    ),
    "special_chars_in_attributes": (
        "test_specialchars_in_attributes",
        ("_id", "d"),
        [("a2e98886", '{"env":"prod","agent:type":"desktop","agent:os:version":"10.13.1"}')],
    ),
}


class TestSuite(get_target_test_class(TargetDatabricksUc, config={})):
    """All canned message files of the SDK."""

    @pytest.fixture
    def runner(self, workspace, request):
        yield TargetTestRunner(TargetDatabricksUc, config=workspace.config)
        table, columns, rows = LOADED.get(request.node.name.removeprefix("test_target_"), ("", (), []))
        if table:
            assert workspace.rows(table, *columns, order=columns[0]) == rows
