"""Keeping files, and evidence, put together."""

from gateway.evidence import Evidence
from gateway.http.casework.keeping_services import KeepingServices
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store.casework.evidence import PostgresEvidence
from gateway.store.casework.file_export import PostgresFileExport
from gateway.store.casework.keeping import PostgresKeeping
from gateway.store.casework.sealed_log import Sealer
from gateway.store.connect import Pool
from gateway.store.sealing import Keyring


def keeping_of(
    settings: Settings, pool: Pool, keyring: Keyring, sealer: Sealer, clock: Clock
) -> KeepingServices:
    """Return what the routers are given."""
    return KeepingServices(
        keeping=PostgresKeeping(pool),
        export=PostgresFileExport(pool=pool, keyring=keyring, clock=clock),
        evidence=Evidence(
            store=PostgresEvidence(pool, keyring),
            sealer=sealer,
            clock=clock,
            budget_ms=settings.latency_budget_ms,
        ),
    )
