"""How records are compressed: zstd in blocks, with a dictionary that comes with the program.

A block holds few records, and most of what they share - the keys of the JSON, the words of the field - would be
written anew in each. The dictionary has it once for all: over 87,247 papers records take a twentieth less than at level
9 without it, in two thirds of the time. It is made of the sample corpus, whose words are the project's own:

    python -m searchidx.store.compression INDEX --out searchidx/store/data/records.zdict

An index can be read with the very dictionary it was written with only: another one is a new format of the index
(`generations.FORMAT_VERSION`).
"""

from __future__ import annotations

import argparse
from functools import cache
from importlib.resources import files
from pathlib import Path

import zstandard

#: Named one by one, as a level stands for other numbers in other versions of zstd, and none for these: one look each
#: into two tables that stay in the processor's cache, for matches of eight bytes and of five.
_PARAMETERS = zstandard.ZstdCompressionParameters(
    strategy=zstandard.STRATEGY_DFAST,
    window_log=18,
    chain_log=14,
    hash_log=15,
    search_log=1,
    min_match=5,
    write_content_size=True,
    write_checksum=True,
)
_DICTIONARY_BYTES = 110 * 1024


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(files("searchidx.store").joinpath("data/records.zdict").read_bytes())


@cache
def _entered_dictionary() -> zstandard.ZstdCompressionDict:
    """The same with its tables made, which take as long as packing thirty papers."""
    dictionary = zstandard.ZstdCompressionDict(_dictionary().as_bytes())
    dictionary.precompute_compress(compression_params=_PARAMETERS)
    return dictionary


def record_compressor() -> zstandard.ZstdCompressor:
    """What packs blocks of records; not to be shared between threads. Its checksums let a reader notice damage before
    it decodes.
    """
    return zstandard.ZstdCompressor(compression_params=_PARAMETERS, dict_data=_entered_dictionary())


def record_unpacker() -> zstandard.ZstdDecompressor:
    """What unpacks them; not to be shared between threads."""
    return zstandard.ZstdDecompressor(dict_data=_dictionary())


def main() -> None:
    """Train the dictionary on the records of an index."""
    import orjson

    from searchidx.store import generations

    parser = argparse.ArgumentParser(description="Make the dictionary of records from the papers of an index.")
    parser.add_argument("index", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    live = options.index / "generations" / generations.live_name(options.index)
    snapshot = generations.read_generation(live).snapshot()
    records: list[bytes | bytearray | memoryview] = [
        orjson.dumps(snapshot.stored(row)) for row in snapshot.rows_by_id()
    ]
    options.out.write_bytes(zstandard.train_dictionary(_DICTIONARY_BYTES, records).as_bytes())


if __name__ == "__main__":
    main()
