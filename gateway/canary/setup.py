"""Makes what canaries need, with access to the database: files, companions, an account."""

from collections.abc import Sequence
from pathlib import Path

from gateway.canary import account as accounts
from gateway.canary.account import CanaryAccount
from gateway.passwords import hash_password
from gateway.store.operators import Operators
from gateway.synthetic.enrolling import Stores, enrolled
from gateway.synthetic.people import canary_file
from gateway.synthetic.wallet import SyntheticCompanion, Wallet
from schemas.session import Role


async def set_up(
    stores: Stores, operators: Operators, directory: Path
) -> tuple[CanaryAccount, list[SyntheticCompanion]]:
    """Return the account and a companion a centre; what is missing of them is made first.

    Raises:
        WalletRefused: their files cannot be read or written.
        RegistrationRefused: another file of a centre has the canary's reference.
    """
    centres = sorted(await operators.centres())
    companions = [await enrolled(stores, Wallet(directory), canary_file(centre)) for centre in centres]
    return await _account(operators, directory, centres), companions


async def _account(operators: Operators, directory: Path, centres: Sequence[str]) -> CanaryAccount:
    """Return the account that is kept, if it still opens and sees every centre; else a new one."""
    kept = accounts.kept(directory)
    if kept is not None:
        known = await operators.find(kept.username)
        if known is not None and known.operator.centres.issuperset(centres):
            return kept
        await operators.disable(kept.username)
    account = accounts.made_up()
    await operators.add(
        account.username,
        name="Canary",
        roles=[Role.CANARY],
        centres=centres,
        password_hash=hash_password(account.password),
    )
    accounts.keep(directory, account)
    return account
