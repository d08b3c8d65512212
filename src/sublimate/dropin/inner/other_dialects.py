"""`sqlalchemy.dialects.mssql` and `.oracle`: their types by name, for libraries that look types up; there is no such dialect."""

from typing import Any

from sublimate import types
from sublimate.dialects.default import DefaultDialect

#: so that `sqlalchemy.dialects.mssql.base` can be imported
__path__: list[str] = []
#: what these databases' types are called: nothing is reflected from them
ischema_names: dict[str, Any] = {}
_BASES: dict[str, Any] = {
    **dict.fromkeys(("BIT", "TINYINT", "NUMBER"), types.Integer),
    **dict.fromkeys(("BFILE", "BLOB", "IMAGE", "LONG", "RAW", "ROWVERSION", "VARBINARY"), types.LargeBinary),
    **dict.fromkeys(("DATETIME2", "DATETIMEOFFSET", "SMALLDATETIME"), types.DateTime),
    **dict.fromkeys(("DOUBLE_PRECISION", "REAL", "BINARY_DOUBLE", "BINARY_FLOAT"), types.Float),
    **dict.fromkeys(("MONEY", "SMALLMONEY"), types.Numeric),
    **dict.fromkeys(
        ("CLOB", "NCLOB", "NTEXT", "SQL_VARIANT", "XML", "VARCHAR2", "NVARCHAR2", "ROWID"), types.Text
    ),
    "JSON": types.JSON,
    "INTERVAL": types.Interval,
    "DATE": types.Date,
    "TIME": types.Time,
    "TIMESTAMP": types.TIMESTAMP,
    "UNIQUEIDENTIFIER": types.Uuid,
}
for _name, _base in _BASES.items():
    globals()[_name] = type(_name, (_base,), {"__module__": __name__})


class MSDialect(DefaultDialect):
    """There is no such dialect; `isinstance()` is asked, and libraries register functions for its name."""

    name = "mssql"
