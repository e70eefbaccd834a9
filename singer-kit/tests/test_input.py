import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.input import read_blocks
from singer_kit.shutdown import Shutdown


class Chunks(io.BytesIO):
    """Input that comes as a pipe gives it: in pieces of any size."""

    def __init__(self, *pieces):
        super().__init__()
        self.left = [piece for piece in pieces if piece]

    def read1(self, size=-1):
        return self.left.pop(0) if self.left else b""


@given(st.lists(st.binary(max_size=9).map(lambda piece: piece.replace(b"x", b"\n"))))
def test_blocks_are_whole_lines_and_all_of_the_input(pieces):
    blocks = list(read_blocks(Chunks(*pieces), Shutdown()))
    assert b"".join(blocks) == b"".join(pieces)
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_no_block_waits_for_more_than_the_end_of_its_last_line():
    source = Chunks(b"a\nb", b"\n", b"c", b"d\ne\nf")
    blocks = read_blocks(source, Shutdown())
    seen = [(next(blocks), len(source.left)) for _ in range(3)]
    assert seen == [(b"a\n", 3), (b"b\n", 2), (b"cd\ne\n", 0)]
    assert list(blocks) == [b"f"]


@pytest.mark.parametrize(
    "wrap", [io.StringIO, lambda text: io.TextIOWrapper(io.BytesIO(text.encode()), "ascii")]
)
def test_text_is_read_as_the_bytes_it_stands_on(wrap):
    assert b"".join(read_blocks(wrap("é\nü"), Shutdown())) == "é\nü".encode()
