"""Every paper of every example parcel as a picture, to be looked at.

python -m tests.trade.papers.pictures FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

from tests.trade.papers.parcels import EXAMPLES
from trade.papers.printing import PRINTABLE, print_papers

DOTS_A_POINT = 1.5


def draw_all(folder: Path) -> list[Path]:
    """Write `example-paper-page.png` for all of them; the files' names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in EXAMPLES.items():
        for paper in sorted(PRINTABLE):
            document = pypdfium2.PdfDocument(print_papers([paper], make()))
            for number, page in enumerate(document, start=1):
                path = folder / f"{name}-{paper.value}-{number}.png"
                page.render(scale=DOTS_A_POINT).to_pil().save(path)
                written.append(path)
            document.close()
    return written


if __name__ == "__main__":
    sys.stdout.write(f"{len(draw_all(Path(sys.argv[1])))} pictures\n")
