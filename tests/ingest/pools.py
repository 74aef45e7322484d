"""A pool without processes, for tests of what happens around the reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.outcomes import Job, Outcome


@dataclass
class Table:
    """Reads each document when its outcome is asked for; *read* says what comes of it."""

    read: Callable[[Job], Outcome]
    free: int = 2
    jobs: list[Job] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)

    def warm(self) -> None:
        """Nothing has to be loaded."""

    def room(self, _size: int) -> bool:
        return True

    def submit(self, job: Job) -> None:
        self.handed.append(job.document.name)
        self.jobs.append(job)

    def collect(self, _seconds: float) -> Iterator[tuple[Job, Outcome]]:
        while self.jobs:
            job = self.jobs.pop(0)
            yield job, self.read(job)

    def stop(self) -> list[Job]:
        left, self.jobs = self.jobs, []
        return left
