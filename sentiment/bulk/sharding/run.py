"""Files judged in parts: which they are, what was judged before, and what came of them.

The parts lie in a folder beside the result until all of it is there. The same call goes on where
it was broken off, and does again what failed.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sentiment.bulk.classify import alone, silent
from sentiment.bulk.inputs import STREAM, Wanted
from sentiment.bulk.sharding import places
from sentiment.bulk.sharding.plans import PART, Asked, Plan, Shard
from sentiment.bulk.sharding.tasks import Engine, Failure, Task, kept, outcomes
from sentiment.bulk.tally import Tally
from sentiment.errors import DataError
from sentiment.model.inference import Classifier, digest_of


@dataclass(frozen=True)
class Order:
    """Files to judge, and the folder where their parts are kept meanwhile."""

    files: list[Asked]
    work: str


@contextmanager
def order(
    inputs: Sequence[str],
    output: str,
    wanted: Wanted,
    classifier: Classifier,
    reading: Mapping[str, object],
    part: int = PART,
) -> Iterator[Order]:
    """The files that the addresses stand for; raises `DataError` where there are none.

    `reading`: what the answers depend on beside the model; `part`: rows of a part. Other runs are
    kept away from a result of this computer for as long as the block.
    """
    if str(STREAM) in (output, *inputs):
        raise DataError(
            "Standard input and output can't be judged in parts. Name files, or leave out --engine."
        )
    target, given = places.absolute(output), [places.absolute(each) for each in inputs]
    found = [source for each in given for source in places.sources(each)]
    many = len(found) > 1 or any(map(places.is_folder, [target, *given]))
    depends, judge = (
        {"model": digest_of(classifier), **reading},
        f"{classifier.name} {classifier.id}",
    )
    about = (wanted, classifier.labels, classifier.unsure, judge, depends, part)
    files = [Asked(source, target, many, *about) for source in found]
    work = places.below(target, ".partial") if many else f"{target}.partial"
    if places.is_remote(target):
        yield Order(files, work)
        return
    with alone(Path(target), Path(output)):
        yield Order(files, work)


class Run:
    """An order while it is carried out.

    `results` are the plans and tallies of files that are done, `failures` what is not.
    """

    def __init__(self, order: Order, engine: Engine) -> None:
        """Nothing is done yet."""
        self.failures: list[Failure] = []
        self.results: list[tuple[Plan, Tally]] = []
        self._order, self._engine = order, engine
        self._tallies: dict[str, dict[int, Tally]] = {}
        output = order.files[0].output
        self._names = places.names_in(output) if order.files[0].many else None

    def plan(self) -> list[Plan]:
        """Look into all files; what can't be judged is a failure."""
        tasks = deque(Task(asked, self._order.work) for asked in self._order.files)
        found: dict[str, Plan] = {}
        for _, made in outcomes(self._engine, tasks):
            if isinstance(made, Plan):
                found[made.asked.address] = made
            elif isinstance(made, Failure):
                self.failures.append(made)
        plans = [found[each.address] for each in self._order.files if each.address in found]
        refuse_one_target(plans)
        return plans

    def judge(
        self,
        plans: list[Plan],
        follow: Callable[[int, Iterator[int]], None],
        overwrite: bool = False,
        say: Callable[[str], None] = silent,
    ) -> None:
        """Judge what is not judged yet; `follow` takes the steps of so many rows to their end.

        Raises `DataError` for a result that is there, unless this run made it or may `overwrite`.
        """
        work = self._order.work
        there = places.names_in(work)
        new = [plan for plan in plans if f"{plan.key}.json" not in there]
        taken = next((plan for plan in new if self._lies(plan)), None)
        if taken and not overwrite:
            raise DataError(
                "{path} is there already. Name another result with -o, or add --overwrite.",
                path=taken.target,
            )
        if there:
            say("이어서 합니다 · Going on where it stopped.")
        tasks: deque[Task] = deque()
        for each in plans:
            names = [shard.name for shard in each.shards]
            if each not in new and there.isdisjoint(names) and self._lies(each):
                self.results.append((each, kept(each, work, each.key)))
            else:
                tasks += (
                    Task(shard, work, there={shard.name, f"{shard.name}.json"} <= there)
                    for shard in each.shards
                )
        rows = sum(each.layout.rows or 0 for each in plans)
        follow(rows, self._steps(tasks))
        order = {plan.key: number for number, plan in enumerate(plans)}
        self.results.sort(key=lambda result: order[result[0].key])
        if not self.failures:
            places.remove(work)

    def _lies(self, plan: Plan) -> bool:
        """Whether the result of a file was there before."""
        if self._names is None:
            return places.exists(plan.target)
        return places.name_of(plan.target) in self._names

    def _steps(self, tasks: deque[Task]) -> Iterator[int]:
        """Do the tasks; yields the rows of files that were done before, then those of each part."""
        yield sum(tally.rows for _, tally in self.results)
        for task, made in outcomes(self._engine, tasks):
            subject = task.subject
            if isinstance(made, Failure):
                self.failures.append(made)
            elif isinstance(subject, Plan) and task.tally:
                self.results.append((subject, task.tally))
            elif isinstance(subject, Shard) and isinstance(made, Tally):
                if (whole := self._whole(subject, made)) is not None:
                    tasks.appendleft(Task(subject.plan, task.work, whole))
                yield subject.rows

    def _whole(self, shard: Shard, tally: Tally) -> Tally | None:
        """The tally of a file once all its parts are judged."""
        tallies = self._tallies.setdefault(shard.plan.key, {})
        tallies[shard.number] = tally
        if len(tallies) <= len(shard.plan.cuts):
            return None
        return total(tallies[number] for number in sorted(tallies))


def total(tallies: Iterator[Tally]) -> Tally:
    """One tally over several."""
    first = next(tallies)
    made = Tally(first.labels, first.band)
    for tally in (first, *tallies):
        made.plus(tally)
    return made


def refuse_one_target(plans: list[Plan]) -> None:
    """Raise `DataError` where two files would have one result."""
    found: dict[str, Plan] = {}
    for each in plans:
        if other := found.get(each.target):
            raise DataError(
                "{one} and {other} would both be written to {target}. Judge them one after the "
                "other, into two folders.",
                one=other,
                other=each,
                target=each.target,
            )
        found[each.target] = each
