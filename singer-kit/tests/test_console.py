import logging

import pytest
from singer_kit import console
from singer_sdk import metrics

UNDER_MELTANO = {"SINGER_SDK_LOG_CONFIG": "x.json", "MELTANO_CLI_LOG_CONFIG": "logging.yaml"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"SINGER_SDK_LOG_CONFIG": "mine.yml"}, False),
        ({**UNDER_MELTANO, "MELTANO_CLI_LOG_FORMAT": "colored"}, True),
        ({**UNDER_MELTANO, "MELTANO_CLI_LOG_FORMAT": "plain"}, True),
        ({**UNDER_MELTANO, "MELTANO_CLI_LOG_FORMAT": "json"}, False),
        ({**UNDER_MELTANO, "MELTANO_CLI_LOG_FORMAT": "key_value"}, False),
    ],
)
def test_who_reads_the_lines(environ, expected, tmp_path):
    assert console.is_for_people({**environ, "MELTANO_PROJECT_ROOT": str(tmp_path)}) is expected


@pytest.mark.parametrize("name", ["logging.yaml", "logging.yml"])
def test_a_logging_configuration_of_meltano_gets_everything(tmp_path, name):
    (tmp_path / name).write_text("")
    environ = {**UNDER_MELTANO, "MELTANO_CLI_LOG_FORMAT": "colored", "MELTANO_PROJECT_ROOT": str(tmp_path)}
    assert not console.is_for_people(environ)


@pytest.fixture
def shown():
    """What a handler shows of the SDK's and of our lines, with the filter at a level of the root logger."""

    def show(level):
        lines = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(level)
        try:
            console.install({})
            metrics.record_counter("a").exit()
            logging.getLogger("tap-demo").info("a line of ours")
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
            for other in root.handlers:
                other.filters = [
                    one for one in other.filters if not isinstance(one, console.SdkChatterFilter)
                ]
        return [line.partition(":")[0] for line in lines]

    return show


def test_metrics_are_not_for_a_console(shown):
    assert shown(logging.INFO) == ["a line of ours"]


def test_debugging_shows_all(shown):
    assert shown(logging.DEBUG) == ["METRIC", "a line of ours"]
