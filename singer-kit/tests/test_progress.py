from singer_kit.clock import ManualClock
from singer_kit.progress import Progress


def test_a_line_now_and_then_with_the_pace_since_the_last_one():
    lines, clock = [], ManualClock()
    progress = Progress(lines.append, clock, "Reading a", interval=10)
    for seconds, count in ((9, 900), (1, 100), (9, 5000), (1, 5000), (30, 30)):
        clock.advance(seconds)
        progress.add(count)
    assert lines == [
        "Reading a: 1,000 records so far, 100 a second",
        "Reading a: 11,000 records so far, 1,000 a second",
        "Reading a: 11,030 records so far, 1 a second",
    ]
    assert progress.summary == "11,030 records in 50.0 s"
