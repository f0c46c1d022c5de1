"""Parquet parts in an object store, as an Arrow dataset: of the columns and row groups that are asked, and no more.

DuckDB's own way to files of Python failed here when several threads read one object, and moved whole files besides.
"""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pf

from keywitness.readers.remote import ObjectFile
from keywitness.readers.stores import open_store, parse

_NEAR: Final = 64 * 2**10  # bytes between two pieces that are asked for at once: less than a round trip is worth
_MOST: Final = 16 * 2**20  # bytes of one request


def dataset(urls: Sequence[str], schema: pa.Schema) -> ds.Dataset:
    """The rows of these objects, which have these columns and maybe more. Opens none of them yet."""
    near = pa.CacheOptions(hole_size_limit=_NEAR, range_size_limit=_MOST)
    scan = ds.ParquetFragmentScanOptions(pre_buffer=True, cache_options=near)
    form = ds.ParquetFileFormat(default_fragment_scan_options=scan)
    files = pf.PyFileSystem(pf.FSSpecHandler(_Files()))
    return ds.FileSystemDataset([form.make_fragment(url, files) for url in urls], schema, form, files)


class _Files:
    """Object stores as far as Arrow asks for them here: opening what was named."""

    protocol = "object store"

    def isfile(self, path: str) -> bool:
        """Opening says so; to ask first would double the requests."""
        return bool(path)

    def open(self, path: str, mode: str) -> ObjectFile:  # noqa: ARG002
        where = parse(path)
        return ObjectFile(open_store(str(where._replace(key=""))), where.key)
