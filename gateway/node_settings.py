"""The settings of a node among others: its spool, the bus between nodes, where its metrics are read."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from gateway.basemap_settings import urls_in
from gateway.timing import DRAIN_S


class NodeSettings(BaseSettings):
    """What a node needs to go on while PostgreSQL is away, and to hear of its neighbours."""

    spool_dir: Path | None = Field(
        default=None,
        description="Directory in which presses are kept, sealed, while PostgreSQL cannot commit them;"
        " default data_dir/spool; on a disk of its own, and it must outlive the process",
    )
    spool_max_mb: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=256,
        description="Megabytes that the spool may take (a press takes 2 to 8 kB, at most 200); beyond that"
        " presses are refused, and their companions try another gateway",
    )
    nats_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="NATS servers, as nats:// or tls://host:port, separated by commas, over which nodes hint"
        " to each other and show what is only spooled; without it PostgreSQL's NOTIFY carries the hints, and"
        " what a node has spooled is seen at its own consoles only",
    )
    nats_credentials_file: Path | None = Field(
        default=None, description="Credentials file (JWT and seed) for those servers, mode 0600"
    )
    nats_ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authorities that vouch for those servers; without it the system's",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address on which /metrics is served apart, with metrics_port"
    )
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="TCP port that serves /metrics and the probes apart from what the world may reach; 0"
        " takes a free one; without it they are served on the node's own port",
    )

    drain_s: Annotated[float, Field(ge=0, le=300)] = Field(
        default=DRAIN_S,
        description="Seconds for which a node that was told to end is not ready and still takes what comes,"
        " until balancers send it no more: at least their interval times the failures they want and a"
        " second, so 11 for one that asks each 5 s and believes the second; a socket that was handed over"
        " needs none",
    )

    @field_validator("nats_urls", mode="before")
    @classmethod
    def _nats_urls(cls, value: Any) -> Any:
        return urls_in(value)
