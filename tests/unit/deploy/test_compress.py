"""What the build leaves beside the console's files."""

import gzip
from pathlib import Path

from hatch_build import compress


def test_what_gets_smaller_gets_a_compressed_twin_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    script, picture, tiny = (tmp_path / name for name in ("assets/i.js", "icon.png", "tiny.json"))
    script.write_text("console.log('1')\n" * 100)
    picture.write_bytes(b"\0" * 1000)
    tiny.write_text("[]")
    compress(tmp_path)
    twins = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.gz")}
    assert set(twins) == {Path("assets/i.js.gz")}
    assert gzip.decompress(twins[Path("assets/i.js.gz")]) == script.read_bytes()
    compress(tmp_path)
    assert twins == {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.gz")}
