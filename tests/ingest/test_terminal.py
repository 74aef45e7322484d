import io
import logging

import pytest

from ingest.terminal import Discreet, masked


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Discreet("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.own")
    logger.propagate = False
    logger.handlers = [handler]
    return logger, out


def test_a_file_name_cannot_forge_a_line(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.warning("%s stays", "a.pdf\n12:00:00 INFO all is well\x1b[2J\u202e")
    assert out.getvalue() == ("WARNING a.pdf\\n12:00:00 INFO all is well\\x1b[2J\\u202e stays\n")


def test_an_exception_tells_where_it_happened_and_not_what_it_quotes(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = log
    read, more = "private 1", "private 2"
    try:
        try:
            int(read)
        except ValueError as error:
            raise RuntimeError(more) from error
    except RuntimeError:
        logger.exception("a: unexpected")
    told = out.getvalue()
    assert "test_terminal.py" in told
    assert "ValueError" in told
    assert "RuntimeError" in told
    assert "private" not in told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("account 123456789012.", "account …9012."),
        ("1234 5678 9012 3456", "…3456"),
        ("DE89 3704 0044 0532 0130 00", "…3000"),
        ("261122-23456789 waits", "261122-23456789 waits"),
        ("2026-11-22-0007-check-check_stale", "2026-11-22-0007-check-check_stale"),
        ("12 of 345", "12 of 345"),
    ],
)
def test_long_numbers_are_cut_to_their_last_four(text: str, shown: str) -> None:
    assert masked(text) == shown
