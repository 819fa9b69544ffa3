"""E-mail addresses on their way into the published copy: masked in free text, refused where nobody would look for one.

People type addresses into the names of deals, companies and campaigns ("New deal: jane@x.com"). Published without them,
such a name does no harm; an address in any other column means that a model has let personal data through. They are
masked on their way into the file: DuckDB keeps the bytes of what is replaced in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import UserError

if TYPE_CHECKING:
    import duckdb

MASK = "[e-mail]"
_ADDRESS = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
# Whatever _ADDRESS finds holds one of these, and nothing that it would find is left when they are all replaced. What
# often stands before an address is not taken along.
_MASKED = r"""[^@\s(<\[{",;:|]*@[^@\s]+\.[A-Za-z]{2,}"""


def without_addresses(text: str) -> str:
    """The text with MASK in the place of every address."""
    return re.sub(_MASKED, MASK, text, flags=re.ASCII)  # ASCII: so that DuckDB means the same by a blank


def all_columns_masking(columns: Iterable[str]) -> str:
    """The SQL of all columns of a table, with MASK in the place of every address in some of them."""
    masked = ", ".join(f"regexp_replace(\"{name}\", '{_MASKED}', '{MASK}', 'g') as \"{name}\"" for name in columns)
    return f"* replace ({masked})" if masked else "*"


def count_addresses(connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]) -> dict[str, int]:
    """Rows of a table by column that hold an address, without the columns that hold none."""
    counts = {}
    for column in columns:
        # `contains` first: it is many times as fast, and there is hardly ever anything to look at more closely.
        query = f"select count(*) from {table} where contains(\"{column}\", '@')"
        row = connection.execute(f"{query} and regexp_matches(\"{column}\", '{_ADDRESS}')").fetchone()
        if row and row[0]:
            counts[column] = int(row[0])
    return counts


def refuse_addresses(path: Path, schema: str, personal: Collection[tuple[str, str]]) -> None:
    """Look into every text column of a file whose (table, column) is not documented to hold personal data.

    Raises:
        UserError: naming the columns with an e-mail address in them.
    """
    import duckdb

    found: list[str] = []
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() "
            "where schema_name = ? and data_type = 'VARCHAR' group by table_name order by table_name",
            [schema],
        ).fetchall()
        for table, columns in tables:
            looked_at = [column for column in columns if (table, column) not in personal]
            found += [f"{table}.{column}" for column in count_addresses(connection, f'{schema}."{table}"', looked_at)]
    if found:
        raise UserError(
            f"Not published: e-mail addresses in {', '.join(found)}. Take them out of the model, or document the "
            "column: with `meta: {personal_data: true}`, or with `{free_text: true}` where it holds what people have "
            "typed (addresses are then masked). The last good file stays."
        )
