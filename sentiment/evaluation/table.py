"""An evaluation as text for a terminal: Korean and English, aligned where Hangul is two wide."""

from collections.abc import Iterable, Iterator, Sequence
from unicodedata import category, east_asian_width

from sentiment.evaluation.answers import Shown
from sentiment.evaluation.measures import Share
from sentiment.evaluation.result import Comparison, Evaluation, Group, Unsure
from sentiment.labels import labels_of
from sentiment.tables.telling import mapping

LINES = 5
"""Mistakes and flips that a terminal shows; the page and the JSON have more."""

WIDEST = 8
"""Labels of which a terminal shows the whole confusion matrix; of more the most frequent
confusions."""

LONGEST = 60
"""Columns of a sentence; its end is cut off there."""


def table(result: Evaluation) -> str:
    """The whole text; what was not measured is left out."""
    parts: list[Iterable[str]] = [head(result), aligned(overall(result))]
    parts.append(aligned(per_label(result)))
    if len(result.labels) > WIDEST:
        parts.append(confusions(result))
    if result.unsure:
        parts.append(aligned(band(result.unsure)))
    for title, groups in (
        ("종류 · Slice", result.slices),
        ("고쳐 쓰면 · Rewritten", result.rewritten),
    ):
        if groups:
            parts.append(aligned(group_rows(title, groups)))
    if result.mistakes:
        parts.append(mistakes(result))
    if result.against:
        parts.append(compared(result.model, result.against))
    return "\n\n".join("\n".join(part) for part in parts)


def head(result: Evaluation) -> Iterator[str]:
    """The model, the file, and what of it was judged."""
    yield f"{result.model} ({result.model_id}) · {result.file}"
    each = "두 라벨" if result.pair else "라벨마다"
    chosen = f", {each} 같은 수 · balanced" if result.balanced else ""
    yield f"{result.sentences:,} 문장 · sentences{chosen}"
    if result.label_column:
        taken = mapping(result.meanings)
        yield f"문장 text: {result.text_column} · 정답 label: {result.label_column} ({taken})"
    if result.unlabelled:
        none = "긍정도 부정도 아닌" if result.pair else "라벨이 없는"
        yield f"{none} 줄을 뺐어요 · Left out, no label: {result.unlabelled:,}"
    if result.lacking:
        lacking = ", ".join(f"{cut(name)} {count:,}" for name, count in result.lacking.items())
        yield f"모델에 없는 라벨이라 세지 않았어요 · Not counted, the model lacks: {lacking}"
    if result.unreadable:
        yield f"판단할 수 없는 줄을 뺐어요 · Left out, unusable: {result.unreadable:,}"


def overall(result: Evaluation) -> Iterator[Sequence[str]]:
    """The figures of the whole."""
    yield "정확도 · Accuracy", shown(result.accuracy)
    yield "매크로 F1 · Macro F1", percent(result.macro_f1)
    yield "ROC-AUC" if result.pair else "ROC-AUC (라벨 평균 · mean)", number(result.roc_auc)
    yield "보정 오차 · Calibration error (ECE)", number(result.calibration_error)
    yield "속도 · Speed", f"{result.per_second:,.0f} 문장/초 · sentences/s"


def per_label(result: Evaluation) -> Iterator[Sequence[str]]:
    """Precision, recall and F1, and the confusion matrix beside them."""
    matrix = len(result.labels) <= WIDEST
    yield (
        "라벨 · Label",
        "정밀도 · Precision",
        "재현율 · Recall",
        "F1",
        "문장 · Sentences",
        *(f"→ {word(each.label)}" for each in result.labels if matrix),
    )
    for each, counts in zip(result.labels, result.confusion, strict=True):
        yield (
            word(each.label),
            *(percent(value) for value in (each.precision, each.recall, each.f1)),
            f"{each.sentences:,}",
            *(f"{count:,}" for count in counts if matrix),
        )


def confusions(result: Evaluation) -> Iterator[str]:
    """The most frequent mistakes by label and answer."""
    yield "자주 헷갈린 라벨 · Most frequent confusions"
    names = [each.label for each in result.labels]
    found = [
        (count, word(right), word(said))
        for right, row in zip(names, result.confusion, strict=True)
        for said, count in zip(names, row, strict=True)
        if count and right != said
    ]
    for count, right, said in sorted(found, reverse=True)[:WIDEST]:
        yield f"  {right} → {said}  {count:,}"


def band(unsure: Unsure) -> Iterator[Sequence[str]]:
    """How often the model is unsure, and whether it is right to be."""
    low, high = unsure.band
    yield f"애매해요 · Unsure ({low:g}–{high:g})", percent(unsure.part)
    yield "그 안에서 · Accuracy inside", shown(unsure.inside)
    yield "그 밖에서 · Accuracy outside", shown(unsure.outside)


def group_rows(title: str, groups: Sequence[Group]) -> Iterator[Sequence[str]]:
    """A line for every kind of sentences."""
    yield title, "문장 · Sentences", "정확도 · Accuracy"
    for group in groups:
        yield f"{group.korean} · {group.english}", f"{group.share.of:,}", shown(group.share)


def mistakes(result: Evaluation) -> Iterator[str]:
    """The sentences that were judged wrongly with the most confidence."""
    about = "p: 긍정일 확률 · of positive" if result.pair else "정답, 답과 확률 · label, answer"
    yield f"가장 자신 있게 틀린 문장 · Most confident mistakes ({about})"
    for each in result.mistakes[:LINES]:
        yield f"  {word(each.label)}  {answered(each, 0)}  {cut(each.text)}"


def compared(model: str, other: Comparison) -> Iterator[str]:
    """The paired difference, and the sentences that flipped."""
    yield f"{model} – {other.other} ({other.other_id})"
    yield from aligned(
        [
            (f"정확도 · Accuracy: {other.other}", shown(other.accuracy)),
            ("차이 · Difference", difference(other)),
            ("이 모델만 맞음 · Only this one right", f"{other.only_this:,}"),
            (f"{other.other}만 맞음 · Only {other.other} right", f"{other.only_other:,}"),
            ("맥니마 검정 · McNemar's exact test", f"p = {other.p:.2g}"),
        ]
    )
    for each in other.flips[:LINES]:
        if each.positive:
            change = f"{answered(each, 1)} → {each.positive[0]:.3f}"
        else:
            change = f"{answered(each, 1)} → {answered(each, 0)}"
        yield f"  {word(each.label)}  {change}  {cut(each.text)}"


def answered(shown: Shown, model: int) -> str:
    """What a model said of a sentence: of the pair the probability of positive."""
    if shown.positive:
        return f"p={shown.positive[model]:.3f}"
    return f"{word(shown.answers[model])} {shown.confidence[model]:.3f}"


def difference(other: Comparison) -> str:
    """The difference of the accuracies with its interval, in points."""
    points = [f"{100 * value:+.2f}" for value in (other.difference, other.low, other.high)]
    return "{}%p ({} ~ {})".format(*points)


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of columns: the first one flush left, the others flush right."""
    cells = list(rows)
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for first, *rest in cells:
        line = first + " " * (widths[0] - columns(first))
        for cell, width in zip(rest, widths[1:], strict=True):
            line += "  " + " " * (width - columns(cell)) + cell
        yield line


def columns(text: str) -> int:
    """Columns that a terminal gives a text: two for wide characters, none for combining ones."""
    return sum(
        0 if category(c) in ("Mn", "Me", "Cf") else 1 + (east_asian_width(c) in "WF") for c in text
    )


def cut(text: str) -> str:
    """A text in one line of at most `LONGEST` columns."""
    line = " ".join(text.split())
    if columns(line) <= LONGEST:
        return line
    while columns(line) >= LONGEST:
        line = line[:-1]
    return line + "…"


def shown(share: Share) -> str:
    """A share with its interval, in percent."""
    interval = f"({100 * share.low:.2f} ~ {100 * share.high:.2f})" if share.of else ""
    return f"{percent(share.accuracy)} {interval}".rstrip()


def percent(value: float | None) -> str:
    """A share in percent, or a dash where there is none."""
    return "–" if value is None else f"{value:.2%}"


def number(value: float | None) -> str:
    """A measure with four digits, or a dash where there is none."""
    return "–" if value is None else f"{value:.4f}"


def word(label: str) -> str:
    """A label, in both languages where it is known."""
    return labels_of([label])[0].both
