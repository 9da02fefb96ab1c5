"""Which form of a text a model reads is told by its own folder, and an option overrules it."""

import json
import lzma
import shutil
from itertools import islice
from pathlib import Path
from unicodedata import normalize

import pytest
from transformers import AutoTokenizer

from benchmarks.spellings import turned
from sentiment.errors import ModelError
from sentiment.model.checkpoints.restore import restore
from sentiment.model.checkpoints.sources import source_of
from sentiment.model.explain import explain
from sentiment.model.export.agreement import our_sentences
from sentiment.model.export.reading import open_export
from sentiment.model.export.writing import export
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.settings import SHIPPED_MODEL
from tests.kit.checkpoints import make_model, save_folder
from tests.kit.small import small_classifier

GLUED = "최고<br />영화👍"


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    """The shipped model."""
    return load()


def test_a_restored_checkpoint_reads_what_transformers_reads(
    made_classifier: Classifier, made_folder: Path
) -> None:
    """The text as it was typed, but composed; whatever cleaning would make of it."""
    theirs = AutoTokenizer.from_pretrained(made_folder, do_lower_case=False)
    for text in (GLUED, "영화&nbsp;최고", "영화\u3164최고", "ㅋㅋ\u1112", normalize("NFD", "영화")):
        ids, _ = made_classifier.tokenize(text)
        assert ids == theirs(normalize("NFC", text))["input_ids"]


def test_the_folder_of_a_model_names_its_form(tmp_path: Path) -> None:
    """In its config; the export of it goes on to."""
    model = make_model(initializer_range=0.3)
    model.config.text_form = "cleaned"
    folder = save_folder(tmp_path / "model", model)
    assert load(folder, folder, backend="torch").form == "cleaned"
    source = source_of(folder, "model", str(folder))
    export(source, restore(source), tmp_path / "exported", our_sentences(), print)
    assert open_export(tmp_path / "exported", "model", 32).form == "cleaned"
    assert load(tmp_path / "exported", backend="torch").form == "cleaned"


def test_a_form_that_is_none_is_refused(tmp_path: Path, made_folder: Path) -> None:
    """With the key and the forms there are."""
    folder = shutil.copytree(made_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"text_form": "nfkc"}), "utf-8")
    with pytest.raises(ModelError, match="nfkc"):
        load(folder, folder, backend="torch")


def test_an_option_overrules_the_model(made_folder: Path) -> None:
    """In both directions."""
    assert load(text_form="as-typed").form == "as-typed"
    assert load(made_folder, made_folder, backend="torch", text_form="cleaned").form == "cleaned"


def test_the_sentence_of_an_answer_is_as_it_was_sent(shipped: Classifier) -> None:
    """To the character."""
    texts = [GLUED, "\ufeff 좋아요 \r\n", normalize("NFD", "좋아요"), "ｇｏｏｄ 최고"]
    assert [answer.sentence for answer in shipped.predict(texts)] == texts


def test_marks_of_reasons_lie_on_the_typed_text() -> None:
    """On words as they are typed, whatever is between them."""
    classifier = small_classifier()
    classifier.form = "cleaned"
    typed = f"정말&nbsp;{normalize('NFD', '최악')}<br />영화\u3164재미있네요👍"
    spans = explain(classifier, typed).spans
    assert [span.text for span in spans] == [
        *("정말", normalize("NFD", "최악"), "영화", "재미있네요", "👍")
    ]
    assert all(typed[span.start : span.end] == span.text for span in spans)
    assert [span.strength for span in spans] == [0, 3, 0, 3, 0]
    assert classifier.reading(typed).unknown == [(len(typed) - 1, len(typed))]


def test_what_is_read_ends_in_the_typed_text() -> None:
    """Behind the last word that there is room for."""
    classifier = small_classifier(4)
    classifier.form = "cleaned"
    assert classifier.reading("정말&nbsp;영화<br />최고").end == len("정말&nbsp;영화")


def test_company_does_not_change_an_answer(shipped: Classifier) -> None:
    """The shipped model says of a sentence the same alone and among others."""
    texts = ["최고예요", "별로였어요 " * 9, "그냥 그래요", "배우들 연기가 정말 좋았어요"]
    alone = [shipped.predict([text])[0].probabilities for text in texts]
    assert [answer.probabilities for answer in shipped.predict(texts)] == alone


@pytest.mark.slow
def test_no_label_turns_with_the_spelling(shared: Path) -> None:
    """Of 2,000 reviews in sixteen spellings."""
    file = shared / "data" / "naver-movie-reviews" / "dev.tsv.xz"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        texts = [line.split("\t")[1] for line in islice(lines, 1, 2001)]
    found = {name: (texts, labels) for name, texts, labels in turned(load(SHIPPED_MODEL), texts)}
    assert len(found) == 16
    assert all(changed for changed, _ in found.values())
    assert not {name: labels for name, (_, labels) in found.items() if labels}
