"""When certificates end, as the metrics say it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from gateway.certificates import first_end, served_end
from gateway.node_metrics import NodeMetrics
from gateway.node_watching import measure_certificates
from gateway.settings import Settings
from tests.support.certificates import certified
from tests.support.wait import until


async def test_the_first_of_all_public_certificates_to_end_is_said_also_when_it_has_ended(
    tmp_path: Path,
) -> None:
    file, longer = certified(tmp_path, "longer", timedelta(days=30))
    gone, ended = certified(tmp_path, "ended", timedelta(days=-2))
    registry = CollectorRegistry()
    async with (
        await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=longer) as one,
        await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=ended) as other,
    ):
        urls = [f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (one, other)]
        settings = Settings(
            data_dir=tmp_path, public_urls=(*urls, "http://127.0.0.1:1"), dc09_tls_certificate=file
        )
        looking = asyncio.create_task(measure_certificates(settings, NodeMetrics(registry)))

        def said(which: str) -> float | None:
            return registry.get_sample_value("msa_tls_cert_not_after_timestamp_seconds", {"which": which})

        try:
            await until("it is said", lambda: said("public") is not None)
        finally:
            looking.cancel()
    of_file, of_gone = first_end(file), first_end(gone)
    assert of_file is not None
    assert of_gone is not None
    assert (said("dc09"), said("public")) == (of_file.timestamp(), of_gone.timestamp())


async def test_what_cannot_be_read_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    assert first_end(tmp_path / "no.pem") is None
    assert first_end(tmp_path / "missing.pem") is None
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as plain:
        assert await served_end(f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}") is None
