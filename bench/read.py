"""keywitness's own reading: files to the Event table as Parquet.  read.py FOLDER..."""

import sys
import tempfile
from pathlib import Path

from keywitness import catalogue
from keywitness.readers.pool import read_all
from keywitness.readers.source import discover

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = read_all(discover(sys.argv[1:]), Path(folder), catalogue.load().wanted())
        print(f"{report.records} records, {len(report.rejects)} set aside")
