"""A part of a file judged, anywhere, and the results of all parts joined.

Whatever is made has its name once it is whole, and that name tells all that it depends on: whoever
finds it there need not make it again. The rows were read under limits, in a process apart, when
the file was looked into; here they are read once more, by the process that judges them.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import tee
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from sentiment.bulk.rows import answered
from sentiment.bulk.run import write_result
from sentiment.bulk.sharding import places
from sentiment.bulk.sharding.plans import Plan, Shard
from sentiment.bulk.tally import Tally
from sentiment.errors import DataError
from sentiment.model.inference import Classifier
from sentiment.tables import parquet
from sentiment.tables.answers import RowAnswer
from sentiment.tables.cuts import behind
from sentiment.tables.layout import Layout, Row
from sentiment.tables.reading import about, rows


def judge(shard: Shard, work: str, classifier: Classifier) -> Tally:
    """Answer the rows of a part, and leave its result and then its tally in the folder `work`."""
    plan = shard.plan
    tally = Tally(classifier.labels, classifier.unsure)
    with TemporaryDirectory() as folder, about(str(shard)):
        path, layout = fetched(shard, Path(folder))
        made = Path(folder) / f"result.{plan.kind}"
        label = layout.columns.index(layout.label) if layout.label else -1

        def count(row: Row, answer: RowAnswer) -> None:
            tally.add(shard.first + row.number, answer)
            if plan.meant is not None:
                tally.compare(plan.meant.get(row.values[label]), answer)

        write(plan, answers(rows(path, layout), layout, classifier), made, count)
        if tally.rows != shard.rows:
            raise changed()
        places.put(made, places.below(work, shard.name))
    places.write(places.below(work, f"{shard.name}.json"), json.dumps(tally.as_json()))
    return tally


def write(
    plan: Plan,
    found: Iterator[tuple[Row, RowAnswer]],
    made: Path,
    told: Callable[[Row, RowAnswer], None],
) -> None:
    """Write rows of a file with their answers; `told` of each."""
    layout, model = plan.layout, (plan.asked.labels, plan.asked.unsure)
    to, judge = (made, plan.kind), plan.asked.judge
    write_result(found, layout.columns, to, model, told, layout.types, judge)


def answers(
    found: Iterator[Row], layout: Layout, classifier: Classifier
) -> Iterator[tuple[Row, RowAnswer]]:
    """Each row and its answer."""
    column = layout.columns.index(layout.text)
    asked, kept = tee(found)
    for chunk in answered(asked, column, classifier.predict_any):
        yield from zip(chunk_rows(kept, len(chunk)), chunk, strict=True)


def chunk_rows(found: Iterator[Row], size: int) -> list[Row]:
    """The next rows."""
    return [next(found) for _ in range(size)]


def fetched(shard: Shard, folder: Path) -> tuple[Path, Layout]:
    """A part as a file of its own, and how that is read."""
    plan, layout = shard.plan, shard.plan.layout
    if shard.whole:
        return places.here(plan.asked.address, folder), layout
    path = folder / "part"
    if layout.kind == "parquet":
        with (
            places.reached(plan.asked.address) as (files, place),
            files.open(place, "rb") as source,
        ):
            parquet.part(source, shard.begin, shard.begin + shard.rows, path)
        return path, layout
    content = places.part(plan.asked.address, shard.begin, shard.end)
    # Without a line break at its end a part of one line could be taken for one of an old Mac.
    path.write_bytes(content if content.endswith(b"\n") else content + b"\n")
    return path, behind(layout) if shard.number else layout


def join(plan: Plan, work: str, tally: Tally) -> None:
    """Make the result of the results of all parts, and put it in its place.

    That its tally is in the folder `work` says that what lies there is a result of this run; that
    no part is there any more, that it is whole.
    """
    if places.stamp(plan.asked.address) != plan.stamp:
        raise changed()
    places.write(places.below(work, f"{plan.key}.json"), json.dumps(tally.as_json()))
    parts = [places.below(work, shard.name) for shard in plan.shards]
    if len(parts) == 1:
        places.move(parts[0], plan.target)
        return
    with places.written(plan.target) as to:
        if plan.kind == "parquet":
            parquet.joined(contents(parts), to)
        else:
            for number, content in enumerate(contents(parts)):
                content.seek(header(plan) if number else 0)
                shutil.copyfileobj(content, to, 1 << 20)
    for part in parts:
        places.remove(part)


def header(plan: Plan) -> int:
    """The bytes with which every part of a result begins."""
    with TemporaryDirectory() as folder:
        made = Path(folder, "empty")
        write(plan, iter(()), made, lambda row, answer: None)
        return made.stat().st_size


def contents(parts: list[str]) -> Iterator[BinaryIO]:
    """What is in some files, one after the other."""
    for part in parts:
        with places.opened(part) as file:
            yield file


def changed() -> DataError:
    """A file of which some rows were judged as they were, and others as they are."""
    return DataError("A file was changed while it was judged. Run the command again.")
