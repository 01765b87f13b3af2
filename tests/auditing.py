"""The audit as every test of a whole life makes it at its end."""

from sqlalchemy import text

from cases.audit import audit_reports
from cases.audit_store import seal_faults
from cases.seal import seal_now
from models.store import Store


async def audited(store: Store, *, sealing: bool = True) -> list[str]:
    """Seal what is there, then say every link that is broken: none, after a life that was lived by the program alone."""
    if sealing:
        await seal_now(store)
    async with store.transaction() as connection:
        ids = list((await connection.execute(text("SELECT id FROM report ORDER BY id"))).scalars())
    return [str(fault) for fault in (*await seal_faults(store), *await audit_reports(store, ids))]
