"""The ledger's tables. Rows never leave `matchers.ledgers` but as LedgerRecord."""

from sqlalchemy import BigInteger, Connection, String, literal_column
from sqlmodel import AutoString, Field, Index, SQLModel, col

from matchers.ledgers import dialects

MINOR = 1000
"""Money is stored in thousandths of the major unit: exact for every currency in use, as none has
more than three decimals (ISO 4217)."""


IN_BYTE_ORDER = AutoString().with_variant(String(collation="C"), "postgresql")
"""Text that sorts alike on every database."""


class PartyRow(SQLModel, table=True):
    """A distinct party: names that fold alike are one."""

    __tablename__ = "party"

    id: int = Field(primary_key=True)
    fold: str = Field(unique=True)


class RecordRow(SQLModel, table=True):
    """One ledger record as given, and folded beside it what is searched.

    Days are ISO; `day` is the same as a number, for distances. `hash` tells whether a row changed.
    """

    __tablename__ = "record"

    record_id: str = Field(primary_key=True, sa_type=IN_BYTE_ORDER)
    hash: str
    direction: str
    doc_type: str
    party_name: str
    party_address: str
    party_tax_id: str
    party_iban: str
    routing: str
    account_ref: str
    number: str
    po_number: str
    doc_date: str | None
    due_date: str | None
    currency: str
    amount: int | None = Field(sa_type=BigInteger)
    open_amount: int | None = Field(sa_type=BigInteger)
    discount_amount: int | None = Field(sa_type=BigInteger)
    discount_date: str | None
    status: str
    line: str | None
    """With what follows: only of lines of purchase orders; figures as plain decimals."""
    description: str | None
    quantity: str | None
    unit_price: str | None
    received_quantity: str | None
    invoiced_quantity: str | None
    party_id: int | None = Field(foreign_key="party.id")
    number_fold: str
    number_digits: str
    po_fold: str
    account_fold: str
    tax_fold: str
    iban_fold: str
    size: int | None = Field(sa_type=BigInteger)
    """The amount without its sign."""
    day: int | None


class ImportRow(SQLModel, table=True):
    """One import: when, from where, and what it did."""

    __tablename__ = "ledger_import"

    id: int | None = Field(default=None, primary_key=True)
    at: str
    source: str
    added: int
    changed: int
    same: int


class CountedRow(SQLModel, table=True):
    """What a row of a purchase order has stated since an import that brought or changed it."""

    __tablename__ = "order_count"

    record_id: str = Field(primary_key=True, sa_type=IN_BYTE_ORDER)
    status: str
    quantity: str | None
    invoiced_quantity: str | None
    amount: int | None = Field(sa_type=BigInteger)
    open_amount: int | None = Field(sa_type=BigInteger)
    import_id: int = Field(primary_key=True, foreign_key="ledger_import.id")


class PaidRow(SQLModel, table=True):
    """A check that a bank's statement showed as paid: on which day, and the import of it."""

    __tablename__ = "check_paid"

    record_id: str = Field(primary_key=True, sa_type=IN_BYTE_ORDER)
    day: str
    import_id: int = Field(foreign_key="ledger_import.id")


FOLDED = ("number_fold", "number_digits", "po_fold", "account_fold", "tax_fold", "iban_fold")
"""Columns looked up by equality; most rows leave some empty, so their indexes are partial."""

for _name in FOLDED:
    _column = SQLModel.metadata.tables["record"].c[_name]
    _filled = _column != literal_column("''")
    Index(f"ix_record_{_name}", _column, sqlite_where=_filled, postgresql_where=_filled)
Index("ix_record_size_day", col(RecordRow.size), col(RecordRow.day))
Index("ix_record_party_size", col(RecordRow.party_id), col(RecordRow.size))
Index("ix_record_party_day", col(RecordRow.party_id), col(RecordRow.day))

TABLES = [
    SQLModel.metadata.tables[name]
    for name in ("party", "record", "ledger_import", "order_count", "check_paid")
]


def build(connection: Connection) -> None:
    """Make the ledger's tables and what they are searched by, where they are missing."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
    dialects.of(connection).build(connection)
