"""``classify`` over a Ray cluster, or over files elsewhere: in parts, with one bar over all."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sentiment.commands.console import progress, say, tell

if TYPE_CHECKING:
    from sentiment.bulk.inputs import Wanted
    from sentiment.bulk.sharding.run import Run
    from sentiment.bulk.sharding.tasks import Engine
    from sentiment.model.inference import Classifier


def judge(
    inputs: Sequence[str],
    output: str,
    wanted: "Wanted",
    overwrite: bool,
    model: tuple[dict[str, Any], dict[str, Any]],
    where: tuple[str, str | None, int | None],
) -> None:
    """Say how the files are read, judge them, and say what came out; raises `DataError`.

    `model`: the options it is loaded with, and those that its answers depend on. `where`: the
    engine, the address of a cluster, and how many workers.
    """
    from sentiment.bulk.sharding.run import Run, order
    from sentiment.model.loader import load
    from sentiment.tables.telling import lines

    options, reading = model
    classifier = load(**options, say=say)
    with (
        order(inputs, output, wanted, classifier, reading) as made,
        engine(classifier, options, *where) as working,
    ):
        run = Run(made, working)
        plans = run.plan()
        if not plans:
            raise run.failures[0].error
        for plan in plans:
            say("\n".join(lines(str(plan), plan.layout)))
        run.judge(plans, bar, overwrite, say)
    tell_results(run)


def engine(
    classifier: "Classifier",
    options: dict[str, Any],
    name: str,
    address: str | None,
    workers: int | None,
) -> "AbstractContextManager[Engine]":
    """Who does the work."""
    from sentiment.bulk.sharding.on_ray import on_ray
    from sentiment.bulk.sharding.tasks import Here

    if name == "ray":
        return on_ray(classifier, options, address, workers)
    return nullcontext(Here(classifier))


def tell_results(run: "Run") -> None:
    """Say what came of each file, and of all; raises `DataError` where something failed."""
    from sentiment.bulk.sharding.run import total
    from sentiment.bulk.tally import described
    from sentiment.errors import DataError
    from sentiment.tables.telling import labels

    for plan, tally in run.results:
        say(f"{plan} → {plan.target}")
        say("\n".join(described(tally, labels(plan.layout))))
    if len(run.results) > 1:
        say(f"모두 all {len(run.results):,}")
        say("\n".join(described(total(tally for _, tally in run.results), "*")))
    for failure in run.failures:
        tell(failure.error, f"{failure.what}: ")
    if run.failures:
        raise DataError(
            "{count} parts or files could not be judged; what was, is kept. Mend what is named "
            "above, and run the same command again: only the rest is judged.",
            count=len(run.failures),
        )


def bar(total: int, steps: Iterator[int]) -> None:
    """Follow the steps of all files; a terminal shows how far they are."""
    with progress("classify", "행 rows", total, next(steps)) as shown:
        for size in steps:
            shown.update(size)
