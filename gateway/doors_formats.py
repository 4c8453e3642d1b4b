"""The part of the composition root for doors that speak a standard's format."""

from collections.abc import Mapping
from pathlib import Path

from gateway.domain.door_errors import AmlKeyRefused
from gateway.doors_events import EventsIn
from gateway.doors_ground import Callers, Ground
from gateway.http.doors import aml, location_objects
from gateway.http.doors.aml import AmlDoor
from gateway.http.doors.location_objects import LocationObjectsDoor
from gateway.http.front import Application
from gateway.outbound.live_location import LiveLocations
from gateway.private_files import open_mode
from gateway.store.derived_keys import DerivedKeys
from gateway.store.doors.live_locations import KEYS_USE, PostgresLocationLooks

KEY_MAX_BYTES = 1_024


def format_doors(ground: Ground, callers: Callers, events: EventsIn) -> Mapping[str, Application]:
    """Make the doors for AML and PIDF-LO, by their paths. Raises ``AmlKeyRefused``."""
    file = ground.settings.aml_hmac_key_file
    key = None if file is None else aml_key(file)
    parts = callers.principals, events.intake, ground.clock, callers.measured
    return {aml.PATH: AmlDoor(*parts, key), location_objects.PATH: LocationObjectsDoor(*parts)}


def live_locations(ground: Ground, domain: str) -> LiveLocations:
    """Make what gives out and answers the URLs of live locations."""
    urls = ground.settings.public_urls
    return LiveLocations(
        base=urls[0] if urls else None,
        domain=domain,
        keys=DerivedKeys(ground.streaming.keyring, KEYS_USE),
        looks=PostgresLocationLooks(ground.pool, ground.streaming.viewer),
        clock=ground.clock,
    )


def aml_key(path: Path) -> bytes:
    """Read the key that forms of AML are signed with: the file's bytes, without a line's end after them.

    Raises ``AmlKeyRefused`` where it cannot be read, is open to others, empty, or longer than a key is.
    """
    try:
        mode = open_mode(path)
        with path.open("rb") as file:
            key = file.read(KEY_MAX_BYTES + 2).rstrip(b"\r\n")
    except OSError as error:
        raise AmlKeyRefused(f"{path} cannot be read ({type(error).__name__})") from None
    if mode is not None:
        raise AmlKeyRefused(f"{path} is open to others (mode {mode}); chmod 600")
    if not 0 < len(key) <= KEY_MAX_BYTES:
        raise AmlKeyRefused(f"{path} is empty or longer than {KEY_MAX_BYTES} bytes")
    return key
