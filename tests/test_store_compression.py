"""Records are packed with a dictionary that is part of the index's format."""

import hashlib
from importlib.resources import files

import pytest
import zstandard

from searchidx.store.compression import record_compressor, record_unpacker
from searchidx.store.generations import FORMAT_VERSION


def test_another_dictionary_is_another_format():
    dictionary = files("searchidx.store").joinpath("data/records.zdict").read_bytes()
    digest = hashlib.sha256(dictionary).hexdigest()
    # whoever changes the dictionary raises the format version too: indexes of before cannot be read with it
    assert (FORMAT_VERSION, digest) == (4, "847f54603d1916e0fd297a62d77fa3bea174ec969f11b02450d032c63b9b4ebe")


@pytest.mark.parametrize("record", [b"", b"[]", b'[{"paper":{"id":"1","title":"Graphs"}}]' * 100, bytes(range(256))])
def test_what_is_packed_comes_out_again(record):
    assert record_unpacker().decompress(record_compressor().compress(record)) == record


def test_short_records_gain_by_the_dictionary():
    record = b'[{"paper":{"id":"2401.00001","title":"We propose a method","abstract":"State-of-the-art results on"}}]'
    assert len(record_compressor().compress(record)) < len(zstandard.ZstdCompressor(level=9).compress(record))


def test_a_damaged_block_is_noticed():
    packed = bytearray(record_compressor().compress(b'[{"paper":{}}]' * 50))
    packed[len(packed) // 2] ^= 1
    with pytest.raises(zstandard.ZstdError):
        record_unpacker().decompress(bytes(packed))
