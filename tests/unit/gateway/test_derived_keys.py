from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import Keyring


def test_each_use_has_keys_of_its_own_the_same_on_every_node_and_one_more_when_the_file_has() -> None:
    file = Keyring("new", {"old": b"o" * 32, "new": b"n" * 32})
    subjects = DerivedKeys(file, b"subject")
    current, older = subjects.every()
    assert subjects.current() == current
    assert DerivedKeys(Keyring("new", dict(file.keys)), b"subject").every() == [current, older]
    assert DerivedKeys(Keyring("old", dict(file.keys)), b"subject").every() == [older, current]
    assert not {current, older} & {*file.keys.values(), *DerivedKeys(file, b"place").every()}
    file.learn(Keyring("third", {"third": b"t" * 32}))
    assert subjects.every()[:2] == [current, older]
    assert len(set(subjects.every())) == 3
