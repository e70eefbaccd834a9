"""The size of chunks: as wanted, larger where a file would have too many, refused where it is too big."""

from __future__ import annotations

import pytest
from target_anaplan.errors import MappingFailedError
from target_anaplan.spool.chunks import MAX_CHUNK_BYTES, MAX_CHUNKS, chunk_size


def test_chunks_have_the_size_that_is_wanted():
    assert chunk_size(10**9, 10**7) == 10**7


def test_a_large_file_has_larger_chunks_and_never_too_many():
    size = chunk_size(20 * 10**9, 10**7)
    assert size > 10**7
    assert -(-20 * 10**9 // size) < MAX_CHUNKS


def test_a_file_that_anaplan_would_not_take_is_refused():
    with pytest.raises(MappingFailedError, match="more than Anaplan takes"):
        chunk_size(MAX_CHUNK_BYTES * MAX_CHUNKS + 1, 10**7)
