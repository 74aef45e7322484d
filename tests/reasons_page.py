"""docs/reasons.md from config/reasons.toml; `python -m tests.reasons_page` writes it."""

from pathlib import Path

from config.reasons import OPENING, Reason, meanings

PAGE = Path(__file__).parent.parent / "docs" / "reasons.md"

GROUPS = {
    Reason.PARTIAL_WRITE: ("Intake", "How the file arrived."),
    Reason.DUP_DOCUMENT: ("Control", "Doubles, closed items, bank details and orders."),
    Reason.WORDS_FIGURES_DIFFER: ("Checks", "What only checks can get wrong."),
    Reason.AMOUNT_MISMATCH: ("Amount", "The money does not agree."),
    Reason.NO_CANDIDATE: ("Matching", "The ledger has no answer, or more than one."),
    Reason.LOW_CONFIDENCE: ("Reading", "What was read is not certain enough."),
    Reason.NEEDS_ROUTING: ("Mail", "Letters and email that post to nothing."),
}
"""The first code of each group, with the group's name and what it is about."""

HEAD = """# Reason codes

Every document that is not simply posted bears one or more of these codes. The first is the primary
one: it names the case, and its steps come first in the report. Where several apply, the primary one
is the first of them in the order of this page.

The codes are stable: other programs may rely on them. Their words, steps and queues live in
`config/reasons.toml`; this page is written from it by `python -m tests.reasons_page`.

The steps speak of four answers to a case. *Approve* posts it to the record that the report
proposes, *reject* closes it without a posting, *retry* reads and matches it again, *rescan* closes
it until the paper comes in anew. *Posting to a record* is
`mailroom exceptions resolve CASE --record ID`, with `--set FIELD=VALUE` for each value that was
misread.
"""

QUARANTINE = "\nThe file rests in `quarantine/`, untouched, with a note; there is no case.\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for reason in Reason:
        meaning = meanings()[reason]
        if reason in GROUPS:
            name, about = GROUPS[reason]
            parts.append(f"\n## {name}\n\n{about}\n")
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(meaning.steps, start=1))
        aside = QUARANTINE if reason in OPENING else ""
        parts.append(
            f"\n### `{reason}`\n\n{meaning.sentence} Queue: {meaning.queue}.\n{aside}\n{steps}\n"
        )
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
