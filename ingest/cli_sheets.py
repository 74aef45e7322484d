"""`mailroom sheets`: separator sheets and batch tickets to print."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.terminal import WRONG_USE, fail, say

MOST_SHEETS = 500


def sheets(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The PDF to write.")],
    *,
    separators: Annotated[
        int, typer.Option(metavar="N", min=0, max=MOST_SHEETS, help="How many separator sheets.")
    ] = 1,
    batch: Annotated[
        str, typer.Option(metavar="NAME", help="Put a batch ticket of this name before them.")
    ] = "",
    count: Annotated[
        int | None, typer.Option(min=1, help="The ticket: documents in the batch.")
    ] = None,
    pages: Annotated[
        int | None, typer.Option(min=1, help="The ticket: their pages, without sheets.")
    ] = None,
    total: Annotated[
        str | None, typer.Option(metavar="MONEY", help="The ticket: sum of their totals.")
    ] = None,
    currency: Annotated[str, typer.Option(metavar="CODE", help="The ticket: its currency.")] = "",
    paper: Annotated[str, typer.Option(help="A4 or letter.")] = "A4",
) -> None:
    """Write separator sheets, and a batch ticket, as a PDF to print."""
    from extractors.separators import wanted
    from ingest import sheets as printing

    if paper not in printing.PAPER:
        fail(f"There is no paper {paper!r}. Choose one of: {', '.join(printing.PAPER)}.", WRONG_USE)
    tickets = []
    if batch or any(one is not None for one in (count, pages, total)):
        try:
            tickets.append(wanted(batch, count, pages, total, currency))
        except ValueError as error:
            fail(str(error), WRONG_USE)
    try:
        with file.open("xb") as made:
            made.write(printing.sheets(tickets, separators, paper))
    except FileExistsError:
        fail(f"{file} stands already. Name another file.", WRONG_USE)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}. Name another place.", WRONG_USE)
    say(f"{len(tickets)} batch tickets and {separators} separator sheets are in {file}.")
