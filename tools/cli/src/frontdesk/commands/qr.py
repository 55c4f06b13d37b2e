"""How does a phone scan a code from a terminal?"""

import segno
from rich.text import Text

BORDER = 2
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def drawn(code: str) -> Text:
    """The QR code, two rows in a line; black on white also where the terminal is dark."""
    rows = [[bool(cell) for cell in row] for row in segno.make(code, micro=False).matrix_iter(border=BORDER)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = ["".join(_HALVES[cells] for cells in zip(*pair, strict=True)) for pair in pairs]
    return Text("\n").join(Text(line, style="black on bright_white") for line in lines)
