"""Makes made-up victims: the file into the database, an enrolled companion into the wallet."""

from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.store.companions import Companions
from gateway.store.registrations import Registrations
from gateway.synthetic.wallet import SyntheticCompanion, Wallet, public_half
from schemas.registration import Registration

LABEL: Final = "synthetic"


class Stores(Protocol):
    """What of the database is needed."""

    @property
    def registrations(self) -> Registrations:
        """Registrations."""

    @property
    def companions(self) -> Companions:
        """Companions."""


async def enrolled(stores: Stores, wallet: Wallet, file: Registration) -> SyntheticCompanion:
    """Return the companion of a made-up victim; what is missing of her is made first.

    Raises:
        WalletRefused: its key cannot be read or kept.
        RegistrationRefused: another file has the reference, or there is no such centre.
    """
    await stores.registrations.save([file])
    kept = wallet.find(file.registration_id)
    if kept is not None and await _is_enrolled(stores.companions, kept):
        return kept
    key = ec.generate_private_key(ec.SECP256R1())
    code, _ = await stores.companions.new_code(file.registration_id)
    made = await stores.companions.enrol(code, public_half(key), LABEL, None)
    companion = SyntheticCompanion(
        companion_id=made.companion_id,
        registration_id=file.registration_id,
        centre=file.centre,
        reference=file.reference,
        key=key,
    )
    wallet.keep(companion)
    return companion


async def _is_enrolled(companions: Companions, kept: SyntheticCompanion) -> bool:
    known = await companions.find(kept.companion_id)
    return (
        known is not None
        and known.revoked_at is None
        and known.registration_id == kept.registration_id
        and known.public_key_der == public_half(kept.key)
    )
