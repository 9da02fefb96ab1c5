"""``predict``: sentences of the command line, or lines of standard input."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from sentiment.chunks import chunks
from sentiment.commands.console import Command, examples, say, tell
from sentiment.commands.options import model_options
from sentiment.errors import InputError

if TYPE_CHECKING:
    from sentiment.labels import Labels
    from sentiment.model.explain import Explanation, Span
    from sentiment.model.inference import Classifier, Prediction

CHUNK = 64
"""Lines judged together when they come from a file or a pipe."""

POSITIVE, NEGATIVE = "blue", "yellow"
"""Colours of what leans to a side; nothing else has one."""


@click.command(
    cls=Command,
    epilog=examples(
        'python -m sentiment predict "배우들 연기가 정말 좋았어요"',
        'python -m sentiment predict --explain "아 더빙.. 진짜 짜증나네요 목소리"',
        "python -m sentiment predict --json < reviews.txt",
    ),
)
@model_options
@click.option("--json", "as_json", is_flag=True, help="한 줄에 JSON 하나. One JSON object a line.")
@click.option(
    "--explain",
    is_flag=True,
    help="낱말마다 긍정 확률을(라벨이 다르면 답의 확률을) 몇 %p 움직였는지"
    "(모델의 이야기이지 사실은 아니에요). By how many points each word moved the probability of "
    "positive, or with other labels of the answer: about the model, not the truth.",
)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
def predict(
    texts: tuple[str, ...],
    as_json: bool,
    explain: bool,
    debug: bool,
    **values: Any,
) -> None:
    """문장이나 표준 입력의 줄을 판단해요 · Judge sentences, or lines of standard input."""
    from sentiment.model.loader import load

    classifier = load(**values, say=say)
    show = as_json_line if as_json else as_line
    failed = False
    for number, (text, answer) in enumerate(judge(classifier, texts or stdin_lines()), start=1):
        if isinstance(answer, InputError):
            failed = True
            tell(answer, f"{number}: ")
            if as_json:
                click.echo(json.dumps({"sentence": text, "error": str(answer)}, ensure_ascii=False))
        else:
            click.echo(show(answer, explained(classifier, answer) if explain else None))
    if failed:
        sys.exit(2)


def stdin_lines() -> Iterator[str]:
    """Lines of standard input without their ends."""
    if sys.stdin.isatty():
        click.echo("한 줄에 한 문장씩 · One sentence a line (Ctrl-D: 끝 · end)", err=True)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="strict")  # some locales let broken text through
    try:
        for line in sys.stdin:
            yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            "Standard input is not {encoding} text. Convert it, for example with: "
            "iconv -f CP949 -t UTF-8 reviews.txt",
            encoding=error.encoding.upper(),
        ) from error


def judge(
    classifier: "Classifier", texts: Iterable[str]
) -> Iterator[tuple[str, "Prediction | InputError"]]:
    """Each text with its answer or what is wrong with it; many are judged together."""
    from sentiment.texts.checks import problem

    for chunk in chunks(texts, 1 if sys.stdin.isatty() else CHUNK):
        problems = [problem(text) for text in chunk]
        good = [text for text, wrong in zip(chunk, problems, strict=True) if wrong is None]
        answers = iter(classifier.predict(good))
        for text, wrong in zip(chunk, problems, strict=True):
            yield text, wrong or next(answers)


def explained(classifier: "Classifier", answer: "Prediction") -> "Explanation":
    """Which words pushed an answer."""
    from sentiment.model.explain import leave_out

    return leave_out(answer, classifier.predict_any, classifier.reading(answer.sentence))


def as_line(answer: "Prediction", explanation: "Explanation | None") -> str:
    """An answer for people: verdict, probability of the label (named if unsure), sentence."""
    likeliest = answer.labels.of(answer.label)
    word, colour = likeliest.both, None if answer.doubtful else hue(likeliest.leaning)
    side = ""
    if answer.unsure:
        word, colour, side = "애매 unsure", None, f" ({word})"
    said = marked(explanation) if explanation else answer.sentence
    noticed = "".join(f"  [{in_short(code)}]" for code in answer.notices)
    verdict = click.style(padded(word, answer.labels), fg=colour)
    return f"{verdict} {answer.confidence:6.1%}{side}  {said}{noticed}"


def in_short(code: str) -> str:
    """What was not understood of a text, in a few words of both languages."""
    from sentiment.i18n import both
    from sentiment.texts.notices import SHORT

    return both(lambda gettext: gettext(SHORT[code])).replace("\n", " · ")


def hue(leaning: int | None) -> str | None:
    """The colour of something that leans to a side."""
    return (POSITIVE if leaning > 0 else NEGATIVE) if leaning else None


def padded(word: str, labels: "Labels") -> str:
    """A verdict, as wide as the widest one."""
    from sentiment.evaluation.table import columns

    widest = max(columns(each) for each in ("애매 unsure", *(label.both for label in labels)))
    return word + " " * (widest - columns(word))


def marked(explanation: "Explanation") -> str:
    """The sentence with points behind the words that moved the answer, and what limits them."""
    sentence, end, parts = explanation.prediction.sentence, 0, list[str]()
    for span in explanation.spans:
        parts += [sentence[end : span.start], pushed(span, explanation)]
        end = span.end
    return "".join([*parts, sentence[end:], *(f"  [{note}]" for note in notes(explanation))])


def pushed(span: "Span", explanation: "Explanation") -> str:
    """A word; where it has an effect, in its colour and with it in percentage points."""
    if span.effect is None or not span.strength:
        return span.text
    labels = explanation.prediction.labels
    colour = hue(1 if span.effect > 0 else -1) if labels.is_pair else None
    said = f"{span.text}({span.effect * 100:+.1f})"
    return click.style(said, fg=colour, bold=span.strength > 1)


def notes(explanation: "Explanation") -> Iterator[str]:
    """Why an explanation says less than it could."""
    if not explanation.possible:
        yield "낱말이 하나뿐 · a single word"
    elif explanation.words > 1:
        yield f"낱말 {explanation.words}개씩 묶음 · in groups of {explanation.words} words"
    if explanation.tried < explanation.possible:
        yield f"{explanation.possible}개 중 {explanation.tried}개만 봄 · time ran out"


def as_json_line(answer: "Prediction", explanation: "Explanation | None") -> str:
    """An answer for programs, at full precision."""
    from sentiment.model.explain import record

    fields: dict[str, Any] = {
        "sentence": answer.sentence,
        "label": answer.label,
        "probabilities": answer.by_name,
        "unsure": answer.unsure,
        "notices": list(answer.notices),
    }
    if answer.labels.is_called_pair:
        fields |= {"positive": answer.positive, "negative": answer.negative}
    if explanation:
        fields["explanation"] = record(explanation)
    return json.dumps(fields, ensure_ascii=False)
