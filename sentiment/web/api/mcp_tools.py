"""What the model offers to programs that people ask: tools of the Model Context Protocol.

The official SDK (the extra ``mcp``) speaks the protocol, https://modelcontextprotocol.io; the
limits are those of the API.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from sentiment.errors import SentimentError
from sentiment.i18n import both
from sentiment.model.explain import leave_out
from sentiment.model.inference import Prediction
from sentiment.serving.engine import Engine
from sentiment.settings import MAX_CHARACTERS, VERSION
from sentiment.web.api.schema import MAX_SENTENCES

INSTRUCTIONS = (
    "A text classifier for Korean sentences: sentiment, or whatever labels its model has. Send"
    " Korean text as it was written. `unsure` means that the model is often wrong about answers"
    " like this; do not report such a label as a fact."
)

Sentence = Annotated[str, Field(max_length=MAX_CHARACTERS, description="A Korean text.")]
Sentences = Annotated[
    list[Sentence], Field(min_length=1, max_length=MAX_SENTENCES, description="What to classify.")
]


@dataclass(frozen=True)
class Answer:
    """The answer to one sentence: its likeliest label, and the probability of each.

    `notices`: what was not understood, such as ``not_korean``; then the answer means little.
    """

    sentence: str
    label: str
    unsure: bool
    probabilities: dict[str, float]
    truncated: bool
    notices: list[str]


@dataclass(frozen=True)
class Word:
    """A word, and by how much it raised the probability of the answered label (1 is 100 %)."""

    text: str
    effect: float | None


@dataclass(frozen=True)
class Reasons:
    """An answer, and what each word did to it: leaving it out, alone, changes that much."""

    answer: Answer
    words: list[Word]
    capped: bool


@dataclass(frozen=True)
class Difference:
    """Two answers, and how much each probability of the second lies above the first's."""

    first: Answer
    second: Answer
    change: dict[str, float]


@dataclass(frozen=True)
class Card:
    """What the model is; `card` is what its makers wrote about it."""

    name: str
    id: str
    labels: list[str]
    max_tokens: int
    max_characters: int
    card: str = field(default="")


def mcp_server(engine: Engine, model: str = "") -> MCPServer[Any]:
    """A server whose tools ask `engine`; `model` is where its card may lie."""
    server: MCPServer[Any] = MCPServer(
        "korean-sentiment", instructions=INSTRUCTIONS, version=VERSION
    )

    @server.tool(title="문장 분류 · Classify sentences")
    def classify_sentences(sentences: Sentences) -> list[Answer]:
        """Classify Korean sentences, each by itself; probabilities are at full precision."""
        with told():
            return [answer_of(each) for each in engine.predict(sentences)]

    @server.tool(title="이유 · Explain")
    def explain(sentence: Sentence) -> Reasons:
        """Say which words pushed the answer to a sentence: about the model, not the truth."""
        with told():
            return reasons(engine, sentence)

    @server.tool(title="비교 · Compare")
    def compare(first: Sentence, second: Sentence) -> Difference:
        """Classify two Korean sentences and tell the difference, as before and after an edit."""
        with told():
            one, two = (answer_of(each) for each in engine.predict([first, second]))
        change = {
            name: two.probabilities[name] - share for name, share in one.probabilities.items()
        }
        return Difference(one, two, change)

    @server.tool(title="모델 카드 · Model card")
    def model_card() -> Card:
        """Say what the model is: labels, limits, training data, accuracy, known weaknesses."""
        file = Path(model) / "README.md"
        return Card(
            name=engine.name,
            id=engine.id,
            labels=list(engine.labels.names),
            max_tokens=engine.max_seq_length,
            max_characters=MAX_CHARACTERS,
            card=file.read_text("utf-8") if model and file.is_file() else "",
        )

    return server


@contextmanager
def told() -> Iterator[None]:
    """Our errors become the tool's, in Korean and English; the assistant can act on them."""
    try:
        yield
    except SentimentError as error:
        raise ToolError(both(error.translated)) from error


def answer_of(prediction: Prediction) -> Answer:
    """What a program is told of a prediction."""
    return Answer(
        prediction.sentence,
        prediction.label,
        prediction.unsure,
        prediction.by_name,
        prediction.truncated,
        list(prediction.notices),
    )


def reasons(engine: Engine, sentence: str) -> Reasons:
    """Which words pushed an answer; effects are of its label."""
    [prediction] = engine.predict([sentence])
    reading = engine.reading(sentence)
    found = leave_out(prediction, lambda texts: engine.answer(texts).predictions, reading)
    sign = 1 if prediction.labels[found.label].name == prediction.label else -1
    words = [
        Word(span.text, None if span.effect is None else sign * span.effect) for span in found.spans
    ]
    return Reasons(answer_of(prediction), words, found.capped)
