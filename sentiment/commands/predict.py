"""``predict``: sentences of the command line, or lines of standard input."""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from sentiment.console import Command, examples, say, tell
from sentiment.errors import InputError
from sentiment.options import model_options

if TYPE_CHECKING:
    from sentiment.inference import Classifier, Prediction

CHUNK = 64
"""Lines judged together when they come from a file or a pipe."""


@click.command(
    cls=Command,
    epilog=examples(
        'python -m sentiment predict "배우들 연기가 정말 좋았어요"',
        "python -m sentiment predict --json < reviews.txt",
    ),
)
@model_options
@click.option("--json", "as_json", is_flag=True, help="한 줄에 JSON 하나. One JSON object a line.")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
def predict(
    texts: tuple[str, ...],
    as_json: bool,
    debug: bool,
    **values: Any,
) -> None:
    """문장이나 표준 입력의 줄을 판단합니다 · Judge sentences, or lines of standard input."""
    from sentiment.loader import load

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
            click.echo(show(answer))
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
    from sentiment.inference import problem

    rest = iter(texts)
    while chunk := list(islice(rest, 1 if sys.stdin.isatty() else CHUNK)):
        problems = [problem(text) for text in chunk]
        good = [text for text, wrong in zip(chunk, problems, strict=True) if wrong is None]
        answers = iter(classifier.predict(good))
        for text, wrong in zip(chunk, problems, strict=True):
            yield text, wrong or next(answers)


def as_line(answer: "Prediction") -> str:
    """An answer for people: label, probability, sentence."""
    word, colour = (
        ("긍정 positive", "blue") if answer.label == "positive" else ("부정 negative", "yellow")
    )
    share = max(answer.positive, answer.negative)
    return f"{click.style(word, fg=colour)} {share:6.1%}  {answer.sentence}"


def as_json_line(answer: "Prediction") -> str:
    """An answer for programs, at full precision."""
    fields = {
        "sentence": answer.sentence,
        "label": answer.label,
        "positive": answer.positive,
        "negative": answer.negative,
    }
    return json.dumps(fields, ensure_ascii=False)
