"""We agree with the book's own library, run for real where it is installed."""

import json
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, optimization

from benchmarks.book import MAX_SEQ_LENGTH, inference
from sentiment import nlpbook
from sentiment.model import loader
from sentiment.model.backends.torch import TorchBackend
from sentiment.model.checkpoints.layouts import locate
from sentiment.model.inference import Classifier, softmax
from sentiment.web.api.book import code_10_fields
from tests.kit.checkpoints import make_model

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs: it is code that is no longer kept
INSTALL = "pip install --no-deps -r requirements-ratsnlp.txt"


@pytest.fixture(scope="module")
def ratsnlp() -> Iterator[Any]:
    """The book's package for this task, given the one name that transformers has dropped."""
    pytest.importorskip("ratsnlp", reason=f"the book's library is not installed: {INSTALL}")
    pytest.importorskip(
        "pytorch_lightning", reason="ratsnlp imports it: pip install -r requirements-dev.txt"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimization, "AdamW", torch.optim.AdamW, raising=False)
        from ratsnlp.nlpbook import classification

        yield classification


@pytest.fixture
def arguments(ratsnlp: Any) -> Callable[[Path, Path], Any]:
    """Code 3, the settings for inference, for a folder of checkpoints."""
    return lambda folder, pretrained: ratsnlp.ClassificationDeployArguments(
        pretrained_model_name=str(pretrained),
        downstream_model_dir=str(folder),
        max_seq_length=MAX_SEQ_LENGTH,
    )


@pytest.mark.parametrize("generation", ["ratsnlp-1.0.0", "ratsnlp-1.0.53"])
def test_the_same_checkpoint_is_chosen(
    arguments: Callable[[Path, Path], Any], shared: Path, tiny_pretrained: Path, generation: str
) -> None:
    """Of the real epochs, the book's code and ours take the same file."""
    folder = shared / "checkpoints" / generation
    theirs = arguments(folder, tiny_pretrained).downstream_model_checkpoint_fpath
    assert Path(theirs) == locate(str(folder))


def test_the_same_name_is_chosen_among_many(
    arguments: Callable[[Path, Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More epochs, two of them with a version in the name."""
    monkeypatch.chdir(tmp_path)  # the book's code refuses a path with tmp in it
    folder = Path("checkpoints")
    folder.mkdir()
    for name in ("0-val_loss=0.50", "1-val_loss=0.29-v1", "2-val_loss=0.31", "3-val_loss=0.31-v1"):
        (folder / f"epoch={name}.ckpt").touch()
    theirs = arguments(folder, folder).downstream_model_checkpoint_fpath
    assert Path(theirs) == locate(str(folder)) == folder / "epoch=1-val_loss=0.29-v1.ckpt"


def book(args: Any) -> Callable[[str], dict[str, str]]:
    """Codes 5 to 9 of the book as printed, but for ``weights_only`` and ``position_ids``.

    Codes 4 and 10 are those that the benchmarks measure against.
    """
    fine_tuned_model_ckpt = torch.load(
        args.downstream_model_checkpoint_fpath,
        map_location=torch.device("cpu"),
        weights_only=True,
    )
    fine_tuned_model_ckpt["state_dict"].pop("model.bert.embeddings.position_ids")
    pretrained_model_config = BertConfig.from_pretrained(
        args.pretrained_model_name,
        num_labels=fine_tuned_model_ckpt["state_dict"]["model.classifier.bias"].shape.numel(),
    )
    model = BertForSequenceClassification(pretrained_model_config)
    model.load_state_dict(
        {k.replace("model.", ""): v for k, v in fine_tuned_model_ckpt["state_dict"].items()}
    )
    return inference(model, Path(args.pretrained_model_name))


def test_the_books_code_answers_the_same(
    arguments: Callable[[Path, Path], Any],
    tiny_checkpoints: Path,
    tiny_pretrained: Path,
    tiny_classifier: Classifier,
    shared: Path,
) -> None:
    """Its codes 3 to 10, run here and now, give our six fields for every golden sentence."""
    inference_fn = book(arguments(tiny_checkpoints, tiny_pretrained))
    file = shared / "golden" / "tiny-kcbert.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)["response"]["sentence"]
        [prediction] = tiny_classifier.predict_any([sentence])
        assert code_10_fields(prediction) == inference_fn(sentence)


def test_the_books_web_service_runs_on_our_classifier(ratsnlp: Any, made_folder: Path) -> None:
    """Code 11 with our answers in it: its page's request gets the six fields."""
    classifier = loader.load(str(made_folder), "", 128, "torch")
    app = ratsnlp.get_web_service_app(
        lambda sentence: code_10_fields(classifier.predict([sentence])[0]), is_colab=False
    )
    response = app.test_client().post("/api", json="정말 좋은 영화")
    assert response.status_code == 200
    assert response.json == code_10_fields(classifier.predict(["정말 좋은 영화"])[0])


def test_code_11_is_called_by_the_same_names(ratsnlp: Any) -> None:
    """Whatever the book's library takes, ours takes in the same order, with the same defaults."""
    for name in ("get_web_service_app", "ClassificationDeployArguments"):
        theirs, ours = (signature(getattr(module, name)) for module in (ratsnlp, nlpbook))
        assert [(each.name, each.default) for each in theirs.parameters.values()] == [
            (each.name, each.default) for each in ours.parameters.values()
        ]


def test_what_the_books_app_runs_with_ours_takes_too(ratsnlp: Any, made_folder: Path) -> None:
    """``app.run(host, port, debug, load_dotenv)`` of Flask, which the book's app is."""
    classifier = loader.load(str(made_folder), "", 128, "torch")

    def inference_fn(sentence: str) -> dict[str, str]:
        return code_10_fields(classifier.predict([sentence])[0])

    theirs, ours = (
        module.get_web_service_app(inference_fn, is_colab=False) for module in (ratsnlp, nlpbook)
    )
    arguments = {name: None for name in signature(theirs.run).parameters if name != "options"}
    signature(ours.run).bind(**arguments)
    signature(ours.run).bind(*arguments.values())
    assert theirs.test_client().get("/").status_code == ours.test_client().get("/").status_code


def test_what_lightning_2_writes_is_restored(
    ratsnlp: Any, tmp_path: Path, made_folder: Path
) -> None:
    """The book's task, trained a step by today's Lightning as the book's trainer sets it up."""
    from pytorch_lightning import Trainer
    from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
    from torch.utils.data import DataLoader

    model = make_model()
    batch = {"input_ids": torch.tensor([2, 7, 3]), "labels": torch.tensor(1)}
    task = ratsnlp.ClassificationTask(model, ratsnlp.ClassificationTrainArguments())
    keep = ModelCheckpoint(tmp_path, "{epoch}-{val_loss:.2f}", monitor="val_loss", mode="min")
    trainer = Trainer(
        max_epochs=1,
        callbacks=[keep, EarlyStopping("val_loss")],
        default_root_dir=tmp_path,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    data: Any = [batch] * 4
    trainer.fit(task, DataLoader(data, 2), DataLoader(data, 2))
    classifier = loader.load(str(tmp_path), str(made_folder), 32, "torch")
    assert classifier.name.startswith("epoch=0-val_loss=")
    [answer] = classifier.predict(["영화 정말 좋다"])
    expected = TorchBackend(model).logits([classifier.tokenize("영화 정말 좋다")[0]])
    assert [answer.negative, answer.positive] == pytest.approx(softmax(expected)[0].tolist())
