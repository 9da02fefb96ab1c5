"""What the API takes and answers: each field is declared here, and nowhere else.

By these types msgspec checks what is sent, takes what is answered from attributes of the same
names, and describes both as JSON Schema, for `sentiment.web.api.document`.
"""

from typing import Annotated, Any, Literal, TypeVar

from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType, convert, json

from sentiment.settings import MAX_CHARACTERS
from sentiment.texts.notices import NOTICES
from sentiment.web.kit.failures import FAILURES

MAX_SENTENCES = 256
"""Most sentences of one request."""

MAX_EXPLAINED = 16
"""Most of them when each is to be explained, which costs up to 25 times an answer."""


def about(message: str, **keywords: Any) -> Meta:
    """The description of a field: a catalog key, in which ``{count}`` stands for `MAX_EXPLAINED`.

    `keywords` are of JSON Schema and are told, not checked: what breaks those rules is answered
    elsewhere, in words of its own.
    """
    return Meta(description=message, extra_json_schema=keywords)


class Record(Struct, forbid_unknown_fields=True):
    """An object that has these fields and no others."""


Known = TypeVar("Known", bound=Record)


def told(record: type[Known], source: object) -> Known:
    """What programs are told of `source`: those of its attributes that `record` declares."""
    return convert(source, record, from_attributes=True)


def reply(record: Record, status: int = 200) -> Response:
    """The response that says it as JSON."""
    return Response(json.encode(record) + b"\n", status, content_type="application/json")


Share = Annotated[float, Meta(ge=0, le=1)]
Effect = Annotated[float, Meta(ge=-1, le=1)]
Count = Annotated[int, Meta(ge=0)]
Milliseconds = Annotated[float, Meta(ge=0)]
Code = Annotated[str, Meta(extra_json_schema={"enum": [code for code, _ in FAILURES.values()]})]

Notice = Annotated[str, Meta(extra_json_schema={"enum": list(NOTICES)})]

Sentence = Annotated[
    str,
    about(
        "Some text that is not blank.",
        minLength=1,
        maxLength=MAX_CHARACTERS,
        pattern=r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
    ),
]


class Sentences(Record):
    """What is sent to be judged."""

    sentences: Annotated[
        list[Sentence],
        Meta(min_length=1),
        about("What is to be judged.", maxItems=MAX_SENTENCES),
    ]
    explain: Annotated[
        bool,
        about("Whether to say what each word did, of at most {count} sentences. Left out: false."),
    ] = False


class Span(Record):
    """What a word did, or in a long text neighbouring words."""

    start: Annotated[Count, about("Where it begins, in characters from 0.")]
    end: Annotated[Count, about("Where it ends, excluded.")]
    text: Annotated[str, about("The word, or in a long text neighbouring words.")]
    effect: Annotated[
        Effect | None,
        about(
            "How much higher the probability of positive is with it than without it; null where it "
            "was not left out, as it is all there is or time ran out. With other labels it is the "
            "probability of the explanation's label."
        ),
    ]
    positive_without: (
        Annotated[Share | None, about("Probability of positive without it.")] | UnsetType
    ) = UNSET
    without: (
        Annotated[
            Share | None,
            about("Probability of the explanation's label without it; not of the pair."),
        ]
        | UnsetType
    ) = UNSET
    label_without: (
        Annotated[str | None, about("The answer without it; not of the pair.")] | UnsetType
    ) = UNSET


class Explanation(Record):
    """What the words of a sentence did."""

    spans: Annotated[
        list[Span],
        about("The words in order; with the blanks between them they make up the sentence."),
    ]
    capped: Annotated[
        bool,
        about("Whether there were too many words, or too little time, to leave out each alone."),
    ]
    label: (
        Annotated[str, about("The answer whose probability the words moved; not of the pair.")]
        | UnsetType
    ) = UNSET


class Prediction(Record, kw_only=True):
    """What is told of a sentence; most of it, `sentiment.model.inference.Prediction` has."""

    label: Annotated[str, about("The likeliest of the model's labels.")]
    unsure: Annotated[bool, about("Whether the model is often wrong about answers like this.")]
    positive: (
        Annotated[Share, about("Probability of positive, where the labels are the pair.")]
        | UnsetType
    ) = UNSET
    negative: (
        Annotated[Share, about("Probability of negative, where the labels are the pair.")]
        | UnsetType
    ) = UNSET
    probabilities: Annotated[dict[str, Share], about("The probability of each label, by name.")]
    tokens_read: Annotated[Count, about("Tokens that the model read.")]
    tokens_total: Annotated[Count, about("Tokens of the whole sentence.")]
    truncated: Annotated[bool, about("Whether the end of the sentence was not read.")]
    notices: Annotated[
        list[Notice],
        about("What was not understood, and makes the answer mean little; empty for plain Korean."),
    ]
    explanation: (
        Annotated[Explanation, about("What each word did, where that was asked for.")] | UnsetType
    ) = UNSET


class Facts(Record):
    """How exactly a model computes; `sentiment.model.prediction.Facts` knows."""

    precision: Annotated[Literal["exact", "fast"], about("Full precision, or 8 bits.")]
    shift: Annotated[
        Share | None,
        about(
            "How far a probability was at most from full precision on sentences on which that was "
            "measured; null where it was not."
        ),
    ]
    same_labels: Annotated[
        Share | None, about("Share of these sentences with the same answer; null likewise.")
    ]


class Model(Record):
    """Who judged."""

    name: Annotated[str, about("Name of the model.")]
    id: Annotated[str, about("Tells models of one name apart.")]
    max_seq_length: Annotated[Count, about("Most tokens that it reads.")]
    facts: Annotated[Facts, about("How exactly it computes.")]


class Timings(Record):
    """How long the steps took, each of which `sentiment.serving.engine.Answer` has in seconds."""

    tokenize: Annotated[Milliseconds, about("Turning text into tokens.")]
    queue: Annotated[Milliseconds, about("Waiting for the model.")]
    inference: Annotated[Milliseconds, about("The model's work.")]
    total: Annotated[Milliseconds, about("All of it.")]


class Predictions(Record):
    """The answer to `Sentences`."""

    model: Model
    predictions: Annotated[list[Prediction], about("One for each sentence, in order.")]
    timings_ms: Timings


class Book(Record):
    """The six fields of the book's code 10."""

    sentence: Annotated[str, about("The sentence as it was sent.")]
    prediction: Literal["긍정 (positive)", "부정 (negative)"]
    positive_data: Annotated[str, Meta(description="긍정 0.9712")]
    negative_data: Annotated[str, Meta(description="부정 0.0288")]
    positive_width: Annotated[str, Meta(description="97.12%")]
    negative_width: Annotated[str, Meta(description="2.88%")]


class Health(Record):
    """The server is alive."""

    status: Literal["ok"]
    model: Annotated[str, about("Name of the model.")]


class Readiness(Record):
    """Whether the model can answer."""

    status: Literal["ready", "not ready"]


class Failure(Record):
    """What every failure tells."""

    code: Annotated[Code, about("What went wrong, for programs.")]
    message: Annotated[str, about("What went wrong and what to do, for people.")]
    index: Annotated[int, about("Which sentence, counted from 0.")] | UnsetType = UNSET


class Error(Record):
    """The answer where something went wrong; `sentiment.web.kit.failures` makes it."""

    error: Failure
