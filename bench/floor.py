"""The floor: decompress gzip files with ISA-L in N processes and nothing else.  floor.py N FILE..."""

import sys
from multiprocessing import get_context
from pathlib import Path

from isal import isal_zlib


def expanded(path: str) -> int:
    """Bytes of text in one file, all members."""
    data, total = Path(path).read_bytes(), 0
    while data:
        inflate = isal_zlib.decompressobj(31)
        total += len(inflate.decompress(data))
        data = inflate.unused_data
    return total


if __name__ == "__main__":
    with get_context("spawn").Pool(int(sys.argv[1])) as pool:
        print(sum(pool.map(expanded, sys.argv[2:], chunksize=8)))
