import stat

from tests.integration.cli.conftest import data
from tests.support.build import a_registration
from tests.support.integrators import SigningKey

ADD = ("integrator", "add", "112 BE", "--scope", "events:alarms", "--scope", "events:chat")
PHONE = "+32470000001"


def test_an_account_is_made_shown_changed_and_closed_and_its_secret_is_told_once(msa, tmp_path):
    added = data(msa(*ADD, "--json"))
    assert added["client_id"] == added["integrator_id"]
    assert len(added["client_secret"]) == 43
    assert added["scopes"] == ["events:alarms", "events:chat"]
    assert msa(*ADD).exit_code == 1, "the name is taken"
    assert added["client_secret"] not in msa("integrator", "show", "112 BE").stdout

    changed = data(
        msa("integrator", "change", added["client_id"], "--scope", "streams:read", "--centre", "BE-VOV",
            "--remove-scope", "events:chat", "--sandbox", "--events-per-s", "9", "--name", "112", "--json")
    )  # fmt: skip
    assert changed["scopes"] == ["events:alarms", "streams:read"]
    assert (changed["name"], changed["sandbox"], changed["events_per_s"]) == ("112", True, 9)
    assert msa("integrator", "change", "112").exit_code == 2
    assert msa("integrator", "change", "112", "--remove-centre", "BE-VOV").exit_code == 1
    assert msa("integrator", "change", "112", "--centre", "BE-XXX").exit_code == 1
    assert msa("integrator", "add", "nothing").exit_code == 1

    secret_file = tmp_path / "secret"
    told = msa("integrator", "rotate-secret", "112", "--secret-file", str(secret_file))
    assert str(secret_file) in told.stdout.replace("\n", "")
    assert stat.S_IMODE(secret_file.stat().st_mode) == 0o600
    assert secret_file.read_text().strip() not in told.stdout
    secrets = data(msa("integrator", "show", "112", "--json"))["secrets"]
    assert [one["ends_at"] is None for one in secrets] == [False, True]

    assert data(msa("integrator", "revoke-tokens", "112", "--json"))["revoked"] == 0
    assert msa("integrator", "disable", "112").exit_code == 0
    assert data(msa("integrator", "list", "--json"))[0]["disabled_at"] is not None
    assert "disabled" in msa("integrator", "list").stdout
    assert msa("integrator", "rotate-secret", "112").exit_code == 1
    assert msa("integrator", "show", "nobody").exit_code == 1


def test_a_public_key_is_kept_and_ended_and_a_private_one_is_refused(msa):
    msa(*ADD)
    pem = SigningKey(edwards=True).pem
    key = data(msa("integrator", "add-key", "112 BE", "-", "--json", given=pem))
    assert key["algorithm"] == "ed25519"
    assert key["key_id"] in msa("integrator", "show", "112 BE").stdout
    ended = data(msa("integrator", "end-key", "112 BE", key["key_id"], "--overlap-hours", "0", "--json"))
    assert ended["key_id"] == key["key_id"]
    assert data(msa("integrator", "show", "112 BE", "--json"))["keys"] == []
    private = msa("integrator", "add-key", "112 BE", "-", given=pem.replace(b"PUBLIC", b"PRIVATE"))
    assert private.exit_code == 1
    assert "private key" in private.stderr
    assert msa("integrator", "add-key", "112 BE", "-", given=b"x").exit_code == 1


def test_subjects_are_linked_one_by_one_or_by_a_table_and_never_shown(msa):
    msa(*ADD)
    one, other = a_registration(), a_registration()
    given = "\n".join(each.model_dump_json() for each in (one, other))
    assert msa("registration", "import", "-", given=given).exit_code == 0
    linked = msa("integrator", "link", "112 BE", "-", "--reference", one.reference, given=f"{PHONE}\n")
    assert linked.stdout.strip() == "1 linked"
    assert msa("integrator", "link", "112 BE", PHONE, "--registration", str(other.registration_id)).exit_code

    wrong = msa("integrator", "link", "112 BE", "--from", "-", given=f"a,{one.registration_id}\nb c,x\n")
    assert (wrong.exit_code, "line 2" in wrong.stderr) == (1, True)
    table = f"a,{one.registration_id}\nb,{other.registration_id}\n"
    assert data(msa("integrator", "link", "112 BE", "--from", "-", "--json", given=table)) == {"linked": 2}
    files = {
        one["registration_id"]: one["subjects"]
        for one in data(msa("integrator", "show", "112 BE", "--json"))["files"]
    }
    assert files == {str(one.registration_id): 2, str(other.registration_id): 1}
    assert PHONE not in msa("integrator", "show", "112 BE").stdout

    assert data(msa("integrator", "unlink", "112 BE", PHONE, "--json")) == {"unlinked": 1}
    assert msa("integrator", "unlink", "112 BE", PHONE).exit_code == 1
    rest = msa("integrator", "unlink", "112 BE", "--registration", str(other.registration_id), "--json")
    assert data(rest) == {"unlinked": 1}
    for arguments in ((), (PHONE,), (PHONE, "--reference", "x", "--registration", str(one.registration_id))):
        assert msa("integrator", "link", "112 BE", *arguments).exit_code == 2
    assert msa("integrator", "link", "112 BE", "two words", "--reference", "x").exit_code == 2
