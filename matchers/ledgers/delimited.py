"""CSV files, row by row: in whatever encoding and with whatever delimiter they were saved."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice, repeat
from pathlib import Path

from matchers.ledgers.columns import ImportFault

DELIMITERS = ",;\t|"
"""What may part the columns of a CSV file."""

LARGEST_BYTES = 1 << 30
"""A file larger than this is no ledger of any office."""

LARGEST_HELD = 64 << 20
"""Bytes of a bank's statement that are held in memory; a day of any office takes fewer."""

PIECE = 1 << 20
"""Bytes or characters that are looked at together."""

TOGETHER = 1000
"""Rows that are looked at together."""

_NEWLINE = re.compile(r"\r\n|\r|\n")

TextRow = tuple[int, Sequence[str]]
"""The number of a row's first line, and its cells."""


def checked(path: Path) -> Path:
    """The file itself, unless it is too large.

    Raises:
        ImportFault: it is larger than any ledger.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ImportFault(f"{path.name} is larger than 1 GiB. Export fewer records at a time.")
    return path


def held(path: Path) -> bytes:
    """All bytes of a bank's statement.

    Raises:
        ImportFault: they are too many.
    """
    if path.stat().st_size > LARGEST_HELD:
        raise ImportFault(
            f"{path.name} is larger than 64 MiB. Ask the bank for fewer days at a time."
        )
    return path.read_bytes()


def any_text(path: Path) -> str:
    """The text of a bank's statement of which nothing but ASCII is read, whatever stands beside.

    Raises:
        ImportFault: it is too large, or no text.
    """
    data = held(path).removeprefix(codecs.BOM_UTF8)
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = data.decode("utf-16" if wide else "latin-1", errors="replace")
    if "\0" in text:
        raise ImportFault(f"{path.name} is no text, and so no statement. Download it again.")
    return text


def rows(path: Path, saved_as: str) -> Iterator[TextRow]:
    """The rows of a CSV file, white space folded; the file is never held in memory as a whole.

    *saved_as* is its `encoding`.

    Raises:
        ImportFault: its quotes are not closed.
    """
    with path.open(encoding=saved_as, newline="") as file:
        header = next((one for one in file if one.strip("\r\n")), "")
        file.seek(0)
        reader = csv.reader(file, delimiter=_delimiter(header), strict=True)
        line, some = 1, list[list[str]]()
        try:
            while some := _some(reader, some):
                yield from _numbered(line, reader.line_num, some)
                line = reader.line_num + 1
        except csv.Error as error:
            line += sum(map(_lines, some))
            raise ImportFault(
                f"{path.name}, line {line}: {error}. Save it again as CSV with quotes around texts."
            ) from error


def _some(reader: Iterator[list[str]], kept: list[list[str]]) -> list[list[str]]:
    """The next rows, in a list that is filled even where one cannot be read."""
    kept.clear()
    kept.extend(islice(reader, TOGETHER))
    return kept


def _numbered(first: int, last: int, rows: Sequence[list[str]]) -> Iterator[TextRow]:
    """Rows that stand on the lines from *first* to *last*, white space folded."""
    sizes = repeat(1) if last - first + 1 == len(rows) else map(_lines, rows)
    lines = accumulate(sizes, initial=first)
    if _is_folded(chain.from_iterable(rows)):
        return zip(lines, rows, strict=False)
    return zip(lines, map(_folded, rows), strict=False)


def _lines(cells: list[str]) -> int:
    """How many lines a row takes."""
    return 1 + sum(len(_NEWLINE.findall(cell)) for cell in cells)


def ends_open(path: Path, saved_as: str) -> bool:
    """Whether a text does not end with the end of a line; then its last line may be cut."""
    width = len("\n".encode("utf-16-le")) if saved_as == "utf-16" else 1
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - width))
        return not set(file.read()) & set(b"\r\n")


def text(path: Path) -> str:
    """A file's whole text, its line ends as they are.

    Raises:
        ImportFault: it is no text.
    """
    with path.open(encoding=encoding(path), newline="") as file:
        return file.read()


def encoding(path: Path) -> str:
    """How a text was saved: UTF-8, UTF-16 with its mark, or else Windows Western.

    Raises:
        ImportFault: it is no text, or ends within a letter.
    """
    with checked(path).open("rb") as file:
        marked = file.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    for one in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        if _fits(path, one):
            return one
    raise ImportFault(f"{path.name} is no text file. Save it as CSV (UTF-8) or XLSX.")


def _fits(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    beyond = False
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                if "\0" in (known := decoder.decode(piece)):
                    return False
                beyond = beyond or not known.isascii()
        except UnicodeDecodeError:
            return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if beyond:
            raise ImportFault(
                f"{path.name} ends in the middle of a letter: it was cut short. Nothing was "
                "imported. Export it again."
            ) from error
        return False
    return True


def _folded(cells: list[str]) -> tuple[str, ...]:
    """Cells with single spaces inside and none around; most rows are so already."""
    return tuple(cells if _is_folded(cells) else (" ".join(cell.split()) for cell in cells))


def _is_folded(cells: Iterable[str]) -> bool:
    together = f"|{'|'.join(cells)}|"
    return together.isprintable() and not ("  " in together or "| " in together or " |" in together)


def _delimiter(header: str) -> str:
    """The mark that parts the header line; a comma where there is but one column."""
    unquoted = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=unquoted.count)
