"""The distributed engine: Apache Spark 4, classic or by Spark Connect, when one machine is not enough."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keywitness.errors import KeywitnessError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CONNECT: Final = "sc://"
_QUIET: Final = {"spark.ui.showConsoleProgress": "false"}
"""Of classic Spark, where this process is the driver; a Connect server has its own."""

_NEEDED: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.session.localRelationCacheThreshold": str(16 * 2**20),
}


class Spark:
    """One Spark session, kept for the process.

    ``master``: ``sc://host:port`` for Spark Connect, else a master URL (``spark://…``, ``k8s://…``, ``yarn``,
    ``local[2]``). None: what the environment or ``spark-submit`` says. Raises UsageError without PySpark.
    """

    def __init__(self, master: str | None = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise UsageError("--engine spark needs PySpark: pip install 'keywitness[spark]'") from None
        builder = SparkSession.builder
        if master and master.startswith(CONNECT):
            builder = builder.remote(master)
        else:
            builder = builder.master(master) if master else builder
            for key, value in _QUIET.items():
                builder = builder.config(key, value)
        with failing(f"Spark can't be reached{f' at {master}' if master else ''}"):
            self.session: SparkSession = builder.getOrCreate()
            for key, value in _NEEDED.items():
                self.session.conf.set(key, value)
            if not (master or "").startswith(CONNECT):
                self.session.sparkContext.setLogLevel("ERROR")
            self._con = ibis.pyspark.connect(self.session)

    def parquet(self, name: str, paths: Sequence[str], schema: pa.Schema) -> ir.Table:
        if not paths:
            return self.register(name, schema.empty_table())
        from pyspark.sql.pandas.types import from_arrow_schema

        reader = self.session.read.schema(from_arrow_schema(schema)).option("recursiveFileLookup", "true")
        return self.view(name, reader.parquet(*(located(path) for path in paths)))

    def register(self, name: str, data: pa.Table) -> ir.Table:
        return self.view(name, self.session.createDataFrame(data))

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Computed when it is first asked for; a part that is lost with its executor is computed again."""
        return self.view(name, self._frame(expression).persist())

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        with failing("Spark could not answer"):
            found: list[dict[str, Any]] = self._frame(expression).toArrow().to_pylist()
        return found

    def write(self, expression: ir.Table, folder: Path, order: Sequence[str], by: Sequence[str] = ()) -> None:
        """Each group of ``by`` is in the path only and not in the file; a shared folder is needed."""
        frame = self._frame(expression).repartition(*by).sortWithinPartitions(*by, *order) if by else None
        frame = frame or self._frame(expression).coalesce(1).sortWithinPartitions(*order)
        with failing(f"Spark could not write to {folder}"):
            frame.write.option("compression", "zstd").partitionBy(*by).mode("append").parquet(located(str(folder)))

    def sql(self, expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="pyspark"))

    def view(self, name: str, frame: "DataFrame") -> ir.Table:
        """A Spark frame as a table that is queryable as ``name``."""
        frame.createOrReplaceTempView(name)
        return self._con.table(name)

    def _frame(self, expression: ir.Table) -> "DataFrame":
        return self.session.sql(self.sql(expression))


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Spark's errors, which are pages of Java, as one line."""
    kinds = _errors()
    try:
        yield
    except kinds as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise KeywitnessError(f"{what} ({said[:300]})") from error


def _errors() -> tuple[type[Exception], ...]:
    """What Spark raises; a client for Connect alone has no bridge to Java."""
    from pyspark.errors import PySparkException

    try:
        from py4j.protocol import Py4JError
    except ImportError:
        return (PySparkException,)
    return PySparkException, Py4JError


def located(path: str) -> str:
    """What Spark calls a local path or an object: ``s3a://`` for ``s3://``, ``abfss://`` for ``az://``."""
    scheme, url, rest = path.partition("://")
    if not url:
        return Path(path).absolute().as_uri()
    if scheme == "az":
        bucket, _, key = rest.partition("/")
        account = os.environ.get("AZURE_STORAGE_ACCOUNT_NAME", "")
        return f"abfss://{bucket}@{account}.dfs.core.windows.net/{key}"
    return f"{'s3a' if scheme == 's3' else scheme}://{rest}"
