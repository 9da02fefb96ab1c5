"""A notebook that follows the book runs with one import line changed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import optimization

from sentiment.errors import ModelError
from sentiment.model import loader
from sentiment.nlpbook import ClassificationDeployArguments, get_web_service_app
from sentiment.web.api.book import code_10_fields
from tests.kit.checkpoints import make_model, save_checkpoint, save_folder
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

THEIRS = "ratsnlp.nlpbook.classification"
OURS = "sentiment.nlpbook"


@pytest.fixture(scope="module")
def codes(shared: Path) -> dict[int, str]:
    """The codes of the chapter by their numbers, as printed."""
    text = (shared / "seed" / "inference.md").read_text(encoding="utf-8")
    found = re.findall(r"\*\*코드(\d+)\*\*.*?```python\n(.*?)```", text, re.DOTALL)
    return {int(number): code for number, code in found}


@pytest.fixture
def run(codes: dict[int, str]) -> Callable[..., dict[str, Any]]:
    """Runs codes 3 to `last` with another import, another folder and another pretrained model."""

    def run_codes(module: str, pretrained: Path, folder: Path, last: int = 10) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for number in range(3, last + 1):
            code = codes[number].replace(THEIRS, module)
            code = code.replace("beomi/kcbert-base", str(pretrained))
            code = code.replace("/gdrive/My Drive/nlpbook/checkpoint-doccls", str(folder))
            exec(code.replace("app.run()", ""), names)  # noqa: S102 - that is what is tested
        return names

    return run_codes


@pytest.mark.parametrize("generation", ["ratsnlp-1.0.0", "ratsnlp-1.0.53"])
def test_codes_3_to_11_run_on_the_books_own_checkpoints(
    run: Callable[..., dict[str, Any]], shared: Path, tiny_pretrained: Path, generation: str
) -> None:
    """And the page has the answers of code 10, the same six fields."""
    folder = shared / "checkpoints" / generation
    names = run(OURS, tiny_pretrained, folder, last=11)
    chosen = Path(names["args"].downstream_model_checkpoint_fpath)
    assert chosen.name == "epoch=1-val_loss=0.45.ckpt"
    expected = loader.load(str(folder), str(tiny_pretrained), 128, "torch")
    client = names["app"].test_client()
    for sentence in ("배우들 연기가 정말 좋았어요", "너무 지루해요"):
        answer = client.post("/api", json=sentence).json
        assert answer == names["inference_fn"](sentence)
        assert answer[
            "positive_data"
        ] == f"긍정 {expected.predict([sentence])[0].positive:.4f}".rstrip("0")
    folder_of_copy = chosen.parent
    names.clear()
    assert not folder_of_copy.exists()


@pytest.fixture(scope="module")
def ratsnlp() -> Iterator[str]:
    """The name of the book's module, importable."""
    pytest.importorskip("pytorch_lightning", reason="pip install -r requirements-dev.txt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimization, "AdamW", torch.optim.AdamW, raising=False)
        pytest.importorskip("ratsnlp", reason="pip install --no-deps -r requirements-ratsnlp.txt")
        yield THEIRS


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that ``train`` has made."""
    pytest.importorskip("pytorch_lightning", reason="pip install -r requirements-dev.txt")
    from sentiment.training.examples import Examples, Split
    from sentiment.training.finetune import finetune
    from sentiment.training.plan import Plan

    folder = tmp_path_factory.mktemp("trained")
    base = save_folder(folder / "base", make_model(max_position_embeddings=128))
    examples = Examples(["정말 좋아요", "정말 최악"] * 2, np.array([1, 0] * 2, np.int64))
    plan = Plan(str(base), epochs=1, learning_rate=1e-2, precision="32")
    finetune(plan, Split(examples, examples), folder / "checkpoint", False, print)
    return folder / "checkpoint"


@pytest.mark.filterwarnings("ignore")  # theirs: it is code that is no longer kept
@pytest.mark.parametrize("module", ["ratsnlp", OURS])
def test_what_train_writes_is_restored_by_the_book(
    run: Callable[..., dict[str, Any]],
    trained: Path,
    module: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Codes 3 to 10 as printed, on the real ratsnlp and on ours, answer as our loader does."""
    module = request.getfixturevalue("ratsnlp") if module == "ratsnlp" else module
    monkeypatch.chdir(trained.parent)  # the real one refuses a path with tmp in it
    names = run(module, Path("checkpoint"), Path("checkpoint"))
    ours = loader.load("checkpoint", "", 128, "torch")
    for sentence in ("정말 재미있어요", "배우들 연기가 지루하다"):
        assert names["inference_fn"](sentence) == code_10_fields(ours.predict([sentence])[0])


def test_a_checkpoint_that_can_be_read_is_not_copied(tmp_path: Path) -> None:
    """The lowest loss in a name is taken, also below a folder called tmp."""
    folder = tmp_path / "tmp" / "temp"
    for loss in ("0.50", "0.31-v1", "0.40"):
        save_checkpoint(folder / f"epoch=0-val_loss={loss}.ckpt", make_model())
    args = ClassificationDeployArguments("beomi/kcbert-base", str(folder))
    best = str(folder / "epoch=0-val_loss=0.31-v1.ckpt")
    assert args.downstream_model_checkpoint_fpath == best
    assert args.max_seq_length == 128
    other = str(folder / "epoch=0-val_loss=0.50.ckpt")
    named = ClassificationDeployArguments(downstream_model_checkpoint_fpath=other)
    assert named.downstream_model_checkpoint_fpath == other


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    """Nothing named, nothing there, and nothing in it."""
    (tmp_path / "broken.ckpt").write_text("no checkpoint")
    for arguments, message in (
        ({}, "No checkpoint was named"),
        ({"downstream_model_dir": str(tmp_path / "none")}, "no checkpoint at .*none"),
        ({"downstream_model_checkpoint_fpath": str(tmp_path / "x.ckpt")}, "no checkpoint at"),
        ({"downstream_model_dir": str(tmp_path)}, "can't be read as a checkpoint"),
    ):
        with pytest.raises(ModelError, match=message):
            ClassificationDeployArguments(**arguments)  # type: ignore[arg-type]


def inference_fn(sentence: str) -> dict[str, str]:
    """Code 10 over the small classifier."""
    return code_10_fields(small_classifier().predict_any([sentence])[0])


def test_the_page_shows_what_the_function_says() -> None:
    """With both shares, and without a number of tokens that nobody knows."""
    client = get_web_service_app(inference_fn, is_colab=False).test_client()
    for sentence, word in ((POSITIVE, "긍정"), (NEGATIVE, "부정")):
        page = client.post("/", data={"sentence": sentence}).text
        [prediction] = small_classifier().predict_any([sentence])
        share = f"{round(max(prediction.positive, prediction.negative), 4):.1%}"
        assert share in page
        assert word in page
        assert "inference_fn" in page
        assert "읽은 토큰" not in page
    explained = client.post("/", data={"sentence": POSITIVE, "why": "1"})
    assert explained.status_code == 200


def test_a_function_that_answers_otherwise_is_refused() -> None:
    """At once, and not when the first visitor comes."""
    for answer in ({}, {"positive_data": "긍정", "negative_data": "부정"}, None):
        with pytest.raises(ModelError, match="not the fields of the book's code 10"):
            get_web_service_app(lambda _, answer=answer: answer, is_colab=False)  # type: ignore[misc]


def test_shared_visitors_need_the_password() -> None:
    """Nothing is opened before the app runs."""
    app = get_web_service_app(inference_fn)
    visitor = {"X-Forwarded-For": "203.0.113.7"}
    assert app.test_client().post("/api", json=POSITIVE, headers=visitor).status_code == 401
    assert app.test_client().post("/api", json=POSITIVE).status_code == 200
