"""What a bank test has shown, as Markdown that reads well on a terminal too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Everything that a run found.

    problems: money that is lost or doubled, or a promise that was not kept. failures: what else went
    wrong, so that the run proves less than it should. Both are empty in a good run.
    """

    seed: int
    clients: int
    machine: str
    seconds: float = 0.0
    moving_seconds: float = 0.0
    resting_seconds: float = 0.0
    helped: dict[str, int] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    wanted_kills: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)
    moves: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    reads: int = 0
    reads_without_answer: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    diary: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.failures

    def write(self) -> str:
        verdict = "0" if not self.problems else f"{len(self.problems)} differences"
        killed = sum(self.kills.values())
        lines = [
            "# Bank test with kills",
            "",
            f"**Money lost or doubled: {verdict}.** {killed} kills while {self.clients} clients moved"
            f" money for {self.moving_seconds:.0f} s; seed {self.seed}.",
            "",
        ]
        for title, found in (("What is wrong", self.problems), ("What failed", self.failures)):
            if found:
                lines += [f"## {title}", "", *(f"- {one}" for one in found), ""]
        lines += _table("Killed with SIGKILL (one backend terminated: by SQL)", self.kills)
        lines += _table("What happened", self.figures)
        lines += _table("Moves of the clients that ended", self.moves)
        lines += _table("Answers that clients held the market to", self.told)
        lines += _table("Moves that the market refused, as it should", self.refused)
        lines += _table("Answers that were none, asked for again", self.trouble)
        lines += _table("Last words of failures in the logs of web, worker and beat", self.errors)
        lines += [
            f"The bank invariant was read {self.reads} times in snapshots of its own; "
            f"{self.reads_without_answer} times the database did not answer.",
            "",
            f"After the last move everything came to rest in {self.resting_seconds:.0f} s"
            + (
                f", the clock put forward for {_words(self.helped)}."
                if self.helped
                else " by itself."
            ),
            "",
            f"{self.seconds:.0f} s in all, on {self.machine}.",
            "",
            "<details><summary>Every kill</summary>",
            "",
            *(f"    {line}" for line in self.diary),
            "",
            "</details>",
            "",
        ]
        return "\n".join(lines)


def _table(title: str, rows: Mapping[str, int]) -> list[str]:
    if not rows:
        return []
    width = max(len(title), *(len(name) for name in rows))
    lines = [f"| {title.ljust(width)} |        |", f"| {'-' * width} | -----: |"]
    lines += [f"| {name.ljust(width)} | {count:>6,} |" for name, count in rows.items()]
    return [*lines, ""]


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
