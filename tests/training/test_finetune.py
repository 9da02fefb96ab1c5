"""Fine-tuning as the book does it, on a tiny BERT and a handful of sentences."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from transformers import BertForMaskedLM

from sentiment.commands.cli import main
from sentiment.errors import DataError, ModelError, SettingsError
from sentiment.model import loader
from sentiment.model.checkpoints.best import val_loss
from sentiment.model.checkpoints.layouts import locate
from sentiment.model.checkpoints.words import read_tokenizer
from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.tables.layout import Said
from sentiment.texts.spelling import Form
from sentiment.training.examples import Examples, Split, read_corpus, read_examples
from tests.kit.app import create_app
from tests.kit.checkpoints import make_model, save_folder, save_pretrained

pytest.importorskip("pytorch_lightning", reason="pip install -r requirements-dev.txt")

from sentiment.training.base import pretrained_model
from sentiment.training.finetune import finetune
from sentiment.training.module import Batches, FineTuning, Tokens
from sentiment.training.plan import Plan, claim, record
from sentiment.training.trainer import precision

GOOD = ["정말 재미있어요", "최고 최고 영화", "배우들 연기가 정말 좋아요", "진짜 좋다"]
BAD = ["정말 지루하다", "최악 최악 영화", "배우들 연기가 지루했다", "진짜 최악이다"]
TEXTS = GOOD + BAD
LABELS = [1] * len(GOOD) + [0] * len(BAD)
AT_ONCE = timedelta(0)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little BERT with weights, as a base to start from."""
    return save_folder(tmp_path_factory.mktemp("base") / "base", make_model())


@pytest.fixture(scope="module")
def split() -> Split:
    """Twelve batches of two to train on in two epochs."""
    examples = Examples(TEXTS + TEXTS[2:6], np.array(LABELS + LABELS[2:6], np.int64))
    return Split(examples, Examples(TEXTS, np.array(LABELS, np.int64)))


@pytest.fixture
def plan(pretrained: Path) -> Plan:
    """Two quick epochs in full precision."""
    return Plan(str(pretrained), batch=2, learning_rate=3e-3, epochs=2, precision="32")


@pytest.fixture
def said() -> list[str]:
    """What a run has told."""
    return []


def weights(file: Path) -> dict[str, torch.Tensor]:
    """The model's tensors in a checkpoint."""
    found: dict[str, torch.Tensor] = torch.load(file, weights_only=True)["state_dict"]
    return found


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """A file with some text in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding=encoding)
    return folder / name


def nsmc(folder: Path, repeat: int = 3) -> Path:
    """A folder as NSMC has it."""
    lines = [
        f"{i}\t{text}\t{label}" for i, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))
    ]
    header = "id\tdocument\tlabel\n"
    written(folder, "ratings_train.txt", header + "\n".join(lines * repeat) + "\n")
    written(folder, "ratings_test.txt", header + "\n".join(lines) + "\n")
    return folder


def train(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def test_the_circle_from_raw_reviews_to_an_answer(
    tmp_path: Path, pretrained: Path, split: Split
) -> None:
    """Prepare, train, restore without --pretrained, judge, evaluate and serve."""
    raw = tmp_path / "raw"
    for movie, labels in (("10001", split.train), ("10013", split.valid)):
        reviews = [
            {
                "review_id": f"{movie}{i}",
                "review": text,
                "rating": "10" if label else "1",
                "movie_id": movie,
            }
            for i, (text, label) in enumerate(zip(labels.texts, labels.labels, strict=True))
        ]
        written(raw, f"{movie}.json", json.dumps(reviews))
    reviews_folder, output = tmp_path / "reviews", tmp_path / "checkpoint"
    assert CliRunner().invoke(main, ["prepare", str(raw), str(reviews_folder)]).exit_code == 0
    result = train(
        *("--pretrained", pretrained, "--corpus", reviews_folder, "--output", output),
        *("--batch", "12", "--learning-rate", "3e-2", "--epochs", "16", "--precision", "32"),
    )
    assert result.exit_code == 0, result.output
    assert "train.tsv.xz: 12 (긍정 positive 6, 부정 negative 6)" in result.stderr
    assert f"serve --model {output}" in result.stderr
    assert not (output / "resume").exists()
    [checkpoint] = output.glob("*.ckpt")
    assert result.stdout == f"{checkpoint}\n"
    assert locate(str(output)) == checkpoint
    classifier = loader.load(str(output), "nobody/has-this", 128, "torch")
    answers = classifier.predict(TEXTS)
    right = [a.positive if label else a.negative for a, label in zip(answers, LABELS, strict=True)]
    assert np.mean(-np.log(right)) == pytest.approx(val_loss(checkpoint.name), abs=0.006)
    assert np.mean(-np.log(right)) < 0.5  # of log 2 at the beginning
    dev = reviews_folder / "dev.tsv.xz"
    command = ["evaluate", str(dev), "--model", str(output), "--backend", "torch", "--json"]
    evaluated = json.loads(CliRunner().invoke(main, command).stdout)
    assert evaluated["accuracy"]["right"] == sum(share > 0.5 for share in right)
    with closing(Engine(classifier)) as engine:
        client = create_app(engine, Settings()).test_client()
        served = client.post("/api", json=TEXTS[0]).get_json()
    assert float(served["positive_data"].split()[-1]) == pytest.approx(
        answers[0].positive, abs=1e-4
    )


def test_a_checkpoint_has_the_layout_of_the_books(
    plan: Plan, split: Split, tmp_path: Path, said: list[str], shared: Path
) -> None:
    """The same keys at the top, and the same names of tensors."""
    real = torch.load(
        shared / "checkpoints" / "ratsnlp-1.0.53" / "epoch=0-val_loss=0.50.ckpt", weights_only=True
    )
    best = finetune(replace(plan, epochs=1), split, tmp_path, False, said.append)
    made = torch.load(best, weights_only=True)
    assert set(made) == set(real)
    buffer = "model.bert.embeddings.position_ids"  # not in the state since transformers 4.31
    assert list(made["state_dict"]) == [key for key in real["state_dict"] if key != buffer]
    assert best.name.startswith("epoch=0-val_loss=")


def test_the_learning_rate_falls_by_a_tenth_each_epoch(
    plan: Plan, split: Split, tmp_path: Path, said: list[str]
) -> None:
    """What the book's schedule says, and its library does not do: here after two epochs."""
    plan = replace(plan, learning_rate=1e-4)
    best = finetune(plan, split, tmp_path, False, said.append)
    [schedule] = torch.load(best, weights_only=True)["lr_schedulers"]
    [optimizer] = torch.load(best, weights_only=True)["optimizer_states"]
    assert best.name.startswith("epoch=1")
    assert optimizer["param_groups"][0]["lr"] == pytest.approx(0.81e-4)
    assert schedule["gamma"] == 0.9


class Killed(Exception):  # noqa: N818 - no error, but the end of the process
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def whole(split: Split, pretrained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run in one go comes to."""
    plan = Plan(str(pretrained), batch=2, learning_rate=3e-3, epochs=2, precision="32")
    return finetune(plan, split, tmp_path_factory.mktemp("whole"), False, print)


def assert_same(best: Path, whole: Path) -> None:
    """The same name, the same tensors to the last bit, and nothing else left over."""
    assert [path.name for path in best.parent.glob("*.ckpt")] == [whole.name]
    expected = weights(whole)
    for name, tensor in weights(best).items():
        assert torch.equal(tensor, expected[name]), name
    assert not (best.parent / "resume").exists()


@pytest.mark.parametrize("step", [2, 6, 9])
def test_a_run_that_ends_anywhere_resumes_to_the_same_weights(
    plan: Plan,
    split: Split,
    tmp_path: Path,
    step: int,
    whole: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the middle of the first epoch of six steps, between the two, in the middle of the last."""
    begin = FineTuning.on_train_batch_start

    def until(self: Any, batch: Any, batch_idx: int) -> None:
        if self.global_step == step:
            raise Killed
        begin(self, batch, batch_idx)

    with monkeypatch.context() as patch:
        patch.setattr(FineTuning, "on_train_batch_start", until)
        with pytest.raises(Killed):
            finetune(plan, split, tmp_path, False, print, AT_ONCE)
    assert_same(finetune(plan, split, tmp_path, True, print, AT_ONCE), whole)


KILLED_AT_STEP_4 = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
import numpy as np
from sentiment.tables.layout import Said
from sentiment.training.examples import read_corpus
from sentiment.training.finetune import finetune
from sentiment.training.module import FineTuning
from sentiment.training.plan import Plan

begin = FineTuning.on_train_batch_start

def kill(self, batch, batch_idx):
    if self.global_step == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    begin(self, batch, batch_idx)

FineTuning.on_train_batch_start = kill
base, corpus, output = sys.argv[1:]
plan = Plan(base, batch=4, learning_rate=3e-3, epochs=2, precision="32")
split = read_corpus(Path(corpus), None, Said(), 7, print)
finetune(plan, split, Path(output), False, print, timedelta(0))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_what_another_resumes_from(
    pretrained: Path, tmp_path: Path
) -> None:
    """The state that a dead process has left is whole."""
    corpus, output = nsmc(tmp_path / "nsmc"), tmp_path / "output"
    command = [sys.executable, "-c", KILLED_AT_STEP_4, *map(str, (pretrained, corpus, output))]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert (output / "resume" / "state.ckpt").is_file()
    plan = Plan(str(pretrained), batch=4, learning_rate=3e-3, epochs=2, precision="32")
    split = read_corpus(corpus, None, Said(), 7, print)
    resumed = finetune(plan, split, output, True, print, AT_ONCE)
    assert_same(resumed, finetune(plan, split, tmp_path / "whole", False, print))


def test_the_command_resumes(pretrained: Path, tmp_path: Path) -> None:
    """Where there is nothing to go on with, it says so."""
    corpus = nsmc(tmp_path / "nsmc")
    result = train(
        *("--pretrained", pretrained, "--corpus", corpus, "--output", tmp_path / "o", "--resume")
    )
    assert result.exit_code == 2
    assert "holds no run that was cut off" in result.stderr


def test_a_run_that_is_interrupted_says_how_it_goes_on(
    pretrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Ctrl-C, once there is a state to go on from."""
    written(tmp_path / "o" / "resume", "state.ckpt", "")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FineTuning, "on_train_batch_start", interrupted)
    monkeypatch.setattr("sentiment.training.finetune.claim", lambda *_: None)
    before = signal.getsignal(signal.SIGINT)
    corpus = nsmc(tmp_path / "nsmc")
    result = train("--pretrained", pretrained, "--corpus", corpus, "--output", tmp_path / "o")
    signal.signal(signal.SIGINT, before)  # Lightning turned it off
    assert result.exit_code == 1
    assert "The same command with --resume goes on" in result.stderr


def test_what_a_resumed_run_must_have_in_common(plan: Plan, split: Split, tmp_path: Path) -> None:
    """Other options or sentences are named; a folder without a state is none to resume."""
    with pytest.raises(SettingsError, match="no run that was cut off"):
        claim(tmp_path, record(plan, split), resume=True)
    claim(tmp_path, record(plan, split), resume=False)
    written(tmp_path / "resume", "state.ckpt", "")
    claim(tmp_path, record(plan, split), resume=True)
    other = Split(split.valid, split.valid)
    with pytest.raises(SettingsError, match="another batch, train, sentences"):
        claim(tmp_path, record(replace(plan, batch=3), other), resume=True)


def test_a_folder_with_a_checkpoint_is_left_alone(plan: Plan, split: Split, tmp_path: Path) -> None:
    """A second run into it would mix two."""
    written(tmp_path, "epoch=0-val_loss=0.50.ckpt", "")
    with pytest.raises(SettingsError, match="holds a checkpoint already"):
        finetune(plan, split, tmp_path, False, print)


def test_training_stops_once_it_gets_no_better(plan: Plan, split: Split, tmp_path: Path) -> None:
    """Where nothing is learned, the first epoch stays the best."""
    said: list[str] = []
    plan = replace(plan, epochs=9, learning_rate=1e-12, patience=1)
    best = finetune(plan, split, tmp_path, False, said.append)
    assert best.name.startswith("epoch=0")
    assert len(said) == 2


def test_a_loss_that_is_no_number_is_told(plan: Plan, split: Split, tmp_path: Path) -> None:
    """There is no model to keep then."""
    plan = replace(plan, epochs=1, learning_rate=1e30, clip=0)
    with pytest.raises(DataError, match="lower --learning-rate"):
        finetune(plan, split, tmp_path, False, print)


@pytest.mark.parametrize(
    ("save", "message"),
    [(save_pretrained, "has no weights to start from"), (None, "has no weights")],
)
def test_a_base_without_weights_is_refused(
    split: Split, tmp_path: Path, save: Callable[..., Path] | None, message: str
) -> None:
    """Config and vocabulary alone are nothing to fine-tune."""
    if save:
        save(tmp_path / "base.bin", make_model())
    with pytest.raises(ModelError, match=message):
        finetune(Plan(str(tmp_path / "base.bin")), split, tmp_path / "output", False, print)
    assert not (tmp_path / "output").exists()


def test_weights_of_another_model_are_refused(
    split: Split, pretrained: Path, tmp_path: Path
) -> None:
    """A layer more in the config than in the weights."""
    base = save_folder(tmp_path / "base", make_model())
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(ModelError, match=r"do not fit .*missing: bert\.encoder\.layer\.2"):
        finetune(Plan(str(base)), split, tmp_path / "output", False, print)


def test_a_language_model_is_a_base(tmp_path: Path) -> None:
    """What it has beyond the classifier's body is left out, and what it lacks is new."""
    language = BertForMaskedLM(make_model().config)
    base = save_pretrained(tmp_path, make_model())
    torch.save(language.state_dict(), base / "pytorch_model.bin")
    made = pretrained_model(base).state_dict()
    for name, tensor in language.bert.state_dict().items():
        assert torch.equal(made[f"bert.{name}"], tensor), name
    assert made["classifier.weight"].shape == (2, 16)


def test_sixteen_bits_need_a_gpu_and_auto_takes_what_is_there() -> None:
    """Neither fails in the middle of a run."""
    assert precision("auto") in ("32-true", "bf16-mixed", "16-mixed")
    assert precision("32") == "32-true"
    if not torch.cuda.is_available():
        with pytest.raises(SettingsError, match="needs a GPU"):
            precision("16")


def test_the_folder_of_another_model_is_left_alone(tmp_path: Path) -> None:
    """Such as that of the pretrained one, whose config would be another's."""
    config = written(tmp_path, "config.json", "{}")
    with pytest.raises(SettingsError, match="holds another model"):
        claim(tmp_path, {}, resume=False)
    assert [file.name for file in tmp_path.iterdir()] == [config.name]
    assert config.read_text("utf-8") == "{}"


def test_texts_are_learnt_in_the_form_that_the_model_is_served_with(pretrained: Path) -> None:
    """Composed in any case, and cleaned where its config says so."""
    tokenizer = read_tokenizer(pretrained)
    texts = ["최고 영화", normalize("NFD", "최고 영화"), "최고&nbsp;영화"]
    examples = Examples(texts, np.array([1, 1, 1], np.int64))
    expected: dict[Form, list[bool]] = {
        "as-typed": [True, True, False],
        "cleaned": [True, True, True],
    }
    for form, alike in expected.items():
        usual, *others = (ids.tolist() for ids in Tokens.of(tokenizer, examples, form).ids)
        assert [True, *(ids == usual for ids in others)] == alike


def test_every_text_comes_once_an_epoch_among_texts_of_like_length() -> None:
    """Another order every epoch, and batches whose lengths differ little."""
    lengths = np.random.default_rng(0).integers(3, 100, 1001)
    batches = Batches(lengths, 8, seed=7, step=lambda: 0)
    first, second = batches.of_epoch(0), batches.of_epoch(1)
    for epoch in (first, second):
        assert sorted(np.concatenate(epoch).tolist()) == list(range(1001))
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]
    assert np.mean([np.ptp(lengths[batch]) for batch in first]) < 5
    assert len(list(batches)) == len(batches) == len(first)


def test_devices_share_each_batch_and_take_the_same_number_of_steps() -> None:
    """Also of a last batch that is smaller than the number of devices."""
    lengths = np.full(9, 5)
    alone = list(Batches(lengths, 8, 7, lambda: 0))
    shared_out = [list(Batches(lengths, 8, 7, lambda: 0, rank, 4)) for rank in range(4)]
    for batch, *parts in zip(alone, *shared_out, strict=True):
        assert all(parts)
        assert {row for part in parts for row in part} == set(batch)


def test_a_resumed_epoch_gives_the_batches_that_are_left() -> None:
    """The position is that of the whole run."""
    lengths = np.arange(3, 43)
    whole, rest = (list(Batches(lengths, 4, 7, partial(int, step))) for step in (10, 13))
    assert rest == whole[3:]


def test_labels_of_all_kinds_are_read(tmp_path: Path) -> None:
    """Figures, words in both languages, and ratings by NSMC's rule."""
    for name, labels in (
        ("figures", ["1", "0", "1", "0"]),
        ("english", ["positive", "negative", "positive", "negative"]),
        ("korean", ["긍정", "부정", "긍정", "부정"]),
        ("ratings", ["10", "1", "9", "4"]),
    ):
        rows = [f"{text},{label}" for text, label in zip(TEXTS, labels, strict=False)]
        file = written(tmp_path, f"{name}.csv", "text,label\n" + "\n".join(rows) + "\n")
        assert read_examples(file).labels.tolist() == [1, 0, 1, 0], name


def test_rows_that_cannot_be_used_are_counted_and_named(tmp_path: Path) -> None:
    """A rating in the middle is no mistake; the others are shown with their rows."""
    rows = ["좋아요\t10", "그냥\t7", "나빠요\t1", "\t9", "뭐지\t별로", "아\t10\t다", "끝\t2"]
    rows += [f"또 {number}\t10" for number in range(20)]  # mistakes are few
    file = written(tmp_path, "shop.tsv", "내용\t평점\n" + "\n".join(rows) + "\n")
    found = read_examples(file, Said(text_column="내용", label_column="평점"))
    assert found.texts[:3] == ["좋아요", "나빠요", "끝"]
    assert found.labels.tolist() == [1, 0, 0] + [1] * 20
    assert found.between == 1
    assert [row for row, _ in found.broken] == [4, 5, 6]
    said: list[str] = []
    read_corpus(file, file, Said(text_column="내용", label_column="평점"), 7, said.append)
    assert "Broken rows, skipped: 3" in "".join(said)
    assert "    4: the text is empty" in said


def test_labels_that_mostly_say_nothing_are_skipped_all_the_same(tmp_path: Path) -> None:
    """Whoever says what the labels mean has said that the others are none."""
    file = written(tmp_path, "shop.csv", "text,label\n좋아요,1\n뭐지,모르겠음\n나빠요,0\n")
    with pytest.raises(DataError, match="--labels"):
        read_examples(file)
    found = read_examples(file, Said(labels={"0": "negative", "1": "positive"}))
    assert found.texts == ["좋아요", "나빠요"]
    assert [row for row, _ in found.broken] == [2]


def test_a_table_alone_gives_up_a_tenth(tmp_path: Path) -> None:
    """The same tenth for the same seed, and no text in both parts."""
    rows = [f"문장 {i}\t{i % 2}" for i in range(40)]
    file = written(tmp_path, "table.tsv", "text\tlabel\n" + "\n".join(rows) + "\n")
    split = read_corpus(file, None, Said(), 7, print)
    assert (len(split.train), len(split.valid)) == (36, 4)
    assert not set(split.train.texts) & set(split.valid.texts)
    assert split.digest == read_corpus(file, None, Said(), 7, print).digest
    assert split.digest != read_corpus(file, None, Said(), 8, print).digest


def test_corpora_that_cannot_be_trained_on_are_refused(tmp_path: Path) -> None:
    """Each with what to do."""
    one = written(tmp_path, "one.tsv", "text\tlabel\n좋아요\t1\n최고예요\t1\n")
    for corpus, message in (
        (tmp_path, "looked for: ratings_train.txt"),
        (tmp_path / "none.csv", "There is no file"),
        (one, "both labels"),
    ):
        with pytest.raises(DataError, match=message):
            read_corpus(corpus, None, Said(), 7, print)


def test_a_missing_lightning_is_told_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Serving does without it."""
    monkeypatch.setitem(sys.modules, "pytorch_lightning", None)
    result = train("--corpus", tmp_path, "--output", tmp_path)
    assert result.exit_code == 2
    assert "pip install -r requirements-train.txt" in result.stderr
