"""How a place was found, in the words of IANA's registry "Method Tokens" (RFC 4119, 6.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.position import Method

_GNSS: Final = "gps a-gps device-based_a-gps device-assisted_a-gps gnss a-gnss agnss"
_NETWORK: Final = (
    "cell 802.11 triangulation nmr ta ta-nmr aoa toa tdoa otdoa utdoa u-tdoa rtt rssi rssi-rtt"
    " device-based_eotd device-assisted_eotd handset_aflt handset_eflt mpl"
    " networkrffingerprinting networktoa networktdoa networkaoa networkmrl"
)
_FUSED: Final = (
    "hybrid_a-gps hybridagps_aflt hybridcellsector_agps hybridtdoa_aoa hybridtdoa_agps hybridtdoa_agps_aoa"
)
_RECORDED: Final = "manual dhcp wiremap lldp-med derived"

METHOD_OF: Final[Mapping[str, Method]] = MappingProxyType(
    dict.fromkeys(_GNSS.split(), Method.GNSS)
    | dict.fromkeys(_NETWORK.split(), Method.NETWORK)
    | dict.fromkeys(_FUSED.split(), Method.FUSED)
    | dict.fromkeys(_RECORDED.split(), Method.RECORDED)
)
"""In small letters; a token that is not here is a method that is not known."""
