"""The peer: DuckDB reads CloudTrail files with an explicit schema into Parquet.  peer.py THREADS OUT FILE..."""

import sys
from typing import Final

import duckdb

SESSION: Final = "STRUCT(sessionIssuer STRUCT(arn VARCHAR), attributes STRUCT(mfaAuthenticated VARCHAR))"
TEXTS: Final = (
    "eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode eventID recipientAccountId readOnly"
)
IDENTITY: Final = "type principalId arn accessKeyId userName invokedBy"


def _columns(names: str) -> str:
    return ", ".join(f"{name} VARCHAR" for name in names.split())


if __name__ == "__main__":
    identity = f"STRUCT({_columns(IDENTITY)}, sessionContext {SESSION})"
    record = f"STRUCT({_columns(TEXTS)}, userIdentity {identity})"
    read = f"read_json($files, columns={{'Records': '{record}[]'}}, maximum_object_size=1073741824)"
    query = f"SELECT unnest(Records, recursive := true) FROM {read}"  # noqa: S608  # nothing of it is from outside
    con = duckdb.connect()
    con.execute(f"SET threads={int(sys.argv[1])}")
    con.sql(query, params={"files": sys.argv[3:]}).write_parquet(sys.argv[2], compression="zstd")
