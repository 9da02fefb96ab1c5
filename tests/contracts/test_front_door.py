"""What `import sentiment` offers: complete, typed, documented, and it costs nothing."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import sentiment
from sentiment import errors
from sentiment.settings import ROOT
from tests.kit.small import NEGATIVE, POSITIVE


@pytest.mark.parametrize("name", sentiment.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    """A class or function says what it is; a function types its parameters and result."""
    found = getattr(sentiment, name)
    if name == "__version__":
        assert found[0].isdigit()
        return
    assert inspect.getdoc(found)
    if inspect.isfunction(found):
        assert {"return", *inspect.signature(found).parameters} <= found.__annotations__.keys()


def test_all_errors_are_public() -> None:
    """Who catches one by name finds it at the front door."""
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.SentimentError)
    }
    assert kinds
    assert kinds <= set(sentiment.__all__)


def test_type_checkers_see_what_is_fetched() -> None:
    """The names imported for types alone are those fetched when asked for, from the same homes."""
    source = (Path(sentiment.__file__)).read_text("utf-8")
    for module, names in sentiment.HOMES.items():
        for name in names:
            assert f"from sentiment.{module} import" in source
            assert source.count(name) >= 3, name


def test_importing_costs_nothing() -> None:
    """Neither torch nor flask, nor anything else that takes time."""
    code = (
        "import sys; before = set(sys.modules); import sentiment;"
        "print({name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"torch", "transformers", "flask", "numpy", "onnxruntime", "tokenizers", "click"}
    assert not heavy & set(eval(done.stdout))  # noqa: S307 - a set of names that we printed


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As with any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sentiment.nothing


def test_the_lines_of_its_description_run(tmp_path: Path) -> None:
    """A sentence, a reason, a file, a measure and an app, all of the shipped model."""
    classifier = sentiment.load()
    assert [each.label for each in classifier.predict([POSITIVE, NEGATIVE])] == [
        "positive",
        "negative",
    ]
    assert sentiment.explain(classifier, "연기는 좋은데 결말이 아쉬워요").spans
    source, target = tmp_path / "reviews.csv", tmp_path / "judged.csv"
    source.write_text(f"text,label\n{POSITIVE},1\n{NEGATIVE},0\n", "utf-8")
    [result] = sentiment.classify(source, target, classifier)
    assert result.tally.accuracy == 1
    assert target.read_text("utf-8-sig").startswith("text,label,label_2,positive,negative,problem")
    assert sentiment.evaluate(source, classifier).accuracy.right == 2
    app = sentiment.create_app(classifier, sentiment.Settings(data=tmp_path))
    try:
        answered = app.test_client().get("/", query_string={"sentence": POSITIVE})
        assert "긍정" in answered.text
    finally:
        app.extensions["worker"].close()
        app.extensions["engine"].close()
