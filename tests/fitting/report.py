"""What a fit is worth, on documents whose senders it had not seen."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tests.fitting.fit import Fit, Said

SAFE = 0.995
"""Of the answers that are kept, how many have to be right."""

SURE = 0.95
STEPS = (0.0, 0.5, 0.8, SURE, 0.99, 1.0)


def lines(found: Fit, sets: Iterable[str]) -> Iterator[str]:
    """A table for each set: accuracy, safe coverage, and how often what is said sure is right."""
    for name in sets:
        yield f"{name}: senders unseen in fitting; steps are mean confidence/share right/answers"
        heads = ("n", "right", "F1", "safe", ">=0.95", "right")
        yield f"{'field':<16}" + "".join(f"{head:>8}" for head in heads) + "   steps"
        for field, said in sorted(found.said.items()):
            labelled = found.labelled[name, field]
            here = [one for one in said if _asked(one, name, field)]
            if labelled and here:
                yield _line(field, labelled, here)


def _asked(one: Said, name: str, field: str) -> bool:
    sample = one.answer.race.sample
    return sample.set == name and field in sample.truth


def _line(field: str, labelled: int, said: Sequence[Said]) -> str:
    right = sum(one.answer.right for one in said)
    sure = [one for one in said if one.sure >= SURE]
    kept = sum(one.answer.right for one in sure)
    return (
        f"{field:<16}{labelled:>8}{right / labelled:>8.1%}"
        f"{2 * right / (labelled + len(said)):>8.1%}"
        f"{safe(said) / labelled:>8.1%}{len(sure):>8}{kept / max(1, len(sure)):>8.1%}   "
        f"{'  '.join(_steps(said))}"
    )


def _steps(said: Sequence[Said]) -> Iterator[str]:
    for low, high in pairwise(STEPS):
        here = [one for one in said if low <= one.sure < high]
        if here:
            mean = sum(one.sure for one in here) / len(here)
            right = sum(one.answer.right for one in here) / len(here)
            yield f"{mean:.2f}/{right:.2f}/{len(here)}"


def safe(said: Sequence[Said]) -> int:
    """How many answers can be kept, surest first, such that `SAFE` of them are right."""
    order = sorted(said, key=lambda one: -one.sure)
    right = most = 0
    for count, one in enumerate(order, 1):
        right += one.answer.right
        tied = count < len(order) and round(order[count].sure, 3) == round(one.sure, 3)
        if not tied and right / count >= SAFE:
            most = count
    return most
