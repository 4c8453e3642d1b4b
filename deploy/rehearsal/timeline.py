"""What presses were answered, second by second, and what was done meanwhile."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.rehearsal.playing import Play


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Answers to presses by whole second since the play began, and what was done when (s)."""

    committed: Sequence[int]
    kept: Sequence[int]
    refused: Sequence[int]
    marks: Sequence[tuple[float, str]]

    @classmethod
    def of(cls, play: Play) -> "Timeline":
        """Count a play's answers: 201, 202, and everything else."""
        pressed = [one for one in play.load.asked if one.kind == "press" and one.ended < play.ended]
        seconds = range(int(play.ended - play.began))
        committed, kept, refused = Counter[int](), Counter[int](), Counter[int]()
        for one in pressed:
            into = kept if one.status == 202 else refused if one.refused else committed
            into[int(one.ended - play.began)] += 1
        return cls(
            committed=[committed[second] for second in seconds],
            kept=[kept[second] for second in seconds],
            refused=[refused[second] for second in seconds],
            marks=[(at - play.began, words) for at, words in play.marks if at < play.ended],
        )


def plot(timeline: Timeline, name: str, directory: Path) -> Path:
    """Draw it as PNG; return where. Raises ``OSError``."""
    import matplotlib as mpl  # noqa: PLC0415 (a second of imports that only a plot needs)

    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415 (as above)

    figure, axes = plt.subplots(figsize=(8, 4.6), layout="constrained")
    seconds = range(len(timeline.committed))
    series = (
        (timeline.committed, "committed (201)", "#1f6f43"),
        (timeline.kept, "kept, shown provisionally (202)", "#c77700"),
        (timeline.refused, "not answered so", "#b00020"),
    )
    for values, label, colour in series:
        if any(values):
            axes.step(seconds, values, where="post", label=label, color=colour)
    for number, (at, words) in enumerate(timeline.marks, 1):
        axes.axvline(at, color="#555555", linewidth=0.8, linestyle=":")
        axes.text(at, 1.01, str(number), transform=axes.get_xaxis_transform(), ha="center", fontsize=7)
        axes.plot([], [], " ", label=f"{number}: {words} ({at:.1f} s)")
    axes.set_title(name, pad=16)
    axes.set(xlabel="s", ylabel="presses/s", ylim=(0, None), xlim=(0, len(seconds)))
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(0.0, -0.16), frameon=False)
    directory.mkdir(parents=True, exist_ok=True)
    parts = re.findall(r"[a-z]+", name.lower().replace("'s", ""))
    path = directory / f"rehearsal-{'-'.join(parts)}.png"
    figure.savefig(path, dpi=90)
    plt.close(figure)
    return path
