"""The commands, as they are typed."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sentiment.commands.cli import main
from sentiment.commands.predict import as_line
from sentiment.model.inference import Prediction
from sentiment.serving.server import Server
from sentiment.settings import ROOT, SHIPPED_MODEL, VERSION

Run = Callable[..., Result]

SENTENCES = ["재미있어요", "지루해요 😀 정말"]


@pytest.fixture
def run(made_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the made model."""
    monkeypatch.setenv("SENTIMENT_MODEL", str(made_folder))

    def invoke(*arguments: str, text: str | bytes = "") -> Result:
        return CliRunner().invoke(main, list(arguments), input=text)

    return invoke


def test_predict_answers_each_argument(run: Run) -> None:
    """One line a sentence: label in both languages, probability, sentence."""
    result = run("predict", *SENTENCES)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split("  ")[2] for line in lines] == SENTENCES
    assert all("긍정 positive" in line or "부정 negative" in line for line in lines)


def test_predict_says_which_side_an_unsure_answer_is_nearer_to() -> None:
    """A number alone would not say of what it is."""
    for positive, said in ((0.55, "55.0% (긍정 positive)"), (0.45, "55.0% (부정 negative)")):
        line = as_line(Prediction("그냥 그래요", (1 - positive, positive), 3, 3, True), None)
        assert "unsure" in line
        assert f"{said}  그냥 그래요" in line


def test_predict_json_has_its_fields_at_full_precision(run: Run) -> None:
    """One object a line, in the order of standard input."""
    result = run("predict", "--json", text="\n".join(SENTENCES) + "\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["sentence"] for answer in answers] == SENTENCES
    for answer in answers:
        sides = {"positive": answer["positive"], "negative": answer["negative"]}
        assert answer.keys() == {
            *("sentence", "label", "probabilities", "unsure", "notices"),
            *sides,
        }
        assert answer["probabilities"] == sides
        assert answer["positive"] + answer["negative"] == pytest.approx(1, abs=1e-6)
        assert answer["label"] == max(("negative", "positive"), key=answer.get)


def test_predict_explain_marks_the_words_that_moved_the_answer(run: Run) -> None:
    """Plain in a pipe; taking the points away leaves the sentence."""
    result = run("predict", "--model", str(SHIPPED_MODEL), "--explain", "진짜 짜증나네요 목소리")
    [line] = result.stdout.splitlines()
    assert re.search(r" 짜증나네요\(-\d+\.\d\) ", line)
    assert re.sub(r"\([+-][\d.]+\)", "", line).endswith("  진짜 짜증나네요 목소리")
    assert "\x1b" not in line


def test_predict_explain_is_coloured_in_a_terminal(run: Run) -> None:
    """As the verdicts are."""
    arguments = ["predict", "--model", str(SHIPPED_MODEL), "--explain", "진짜 짜증나네요 목소리"]
    output = CliRunner().invoke(main, arguments, color=True).stdout
    assert "\x1b[33m\x1b[1m짜증나네요(-" in output


@pytest.mark.parametrize(
    ("text", "note"),
    [("재미있어요", "a single word"), ("정말 " * 26, "in groups of 2 words")],
    ids=["one", "many"],
)
def test_predict_explain_says_what_limits_it(run: Run, text: str, note: str) -> None:
    """A single word, and words in groups."""
    line = run("predict", "--explain", text).stdout
    assert line.rstrip().endswith(f"{note}]")


def test_predict_json_explain_has_the_spans(run: Run) -> None:
    """As the API does."""
    result = run("predict", "--json", "--explain", *SENTENCES)
    for line, sentence in zip(result.stdout.splitlines(), SENTENCES, strict=True):
        answer = json.loads(line)
        assert list(answer)[-1] == "explanation"
        assert list(answer["explanation"]) == ["spans", "capped"]
        spans = answer["explanation"]["spans"]
        assert [sentence[span["start"] : span["end"]] for span in spans] == sentence.split()


def test_a_bad_line_is_named_and_the_others_are_answered(run: Run) -> None:
    """Nothing is lost: the empty line keeps its place, and the exit code tells."""
    result = run("predict", "--json", text="재미있어요\n\n지루해요\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["sentence"] for answer in answers] == ["재미있어요", "", "지루해요"]
    assert "error" in answers[1]
    assert result.exit_code == 2
    assert "2: " in result.stderr


def test_more_lines_than_a_chunk_stay_in_order(run: Run) -> None:
    """Judging many together does not change which answer belongs to which line."""
    texts = [f"재미있어요 {i}" for i in range(150)]
    result = run("predict", "--json", text="\n".join(texts))
    assert [json.loads(line)["sentence"] for line in result.stdout.splitlines()] == texts


def test_input_that_is_not_utf8_says_how_to_convert_it(made_folder: Path) -> None:
    """A CP949 file is the likely case."""
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "sentiment", "predict", "--model", str(made_folder)],
        input="재미있어요\n".encode("cp949"),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert result.returncode == 2
    assert b"iconv -f CP949" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_missing_model_is_one_message_in_both_languages(run: Run) -> None:
    """Exit code 2 and the next step, no traceback."""
    result = run("predict", "--model", "no/such/model.ckpt", "재미있어요")
    assert result.exit_code == 2
    assert "--model" in result.stderr
    assert "오류 · Error" in result.stderr
    assert any("가" <= character <= "힣" for character in result.stderr.replace("오류", ""))
    assert "Traceback" not in result.output


def test_debug_shows_where_an_error_came_from(run: Run) -> None:
    """The traceback is kept for those who ask."""
    result = run("predict", "--debug", "--model", "no/such/model.ckpt", "재미있어요")
    assert result.exception is not None
    assert type(result.exception).__name__ == "ModelError"


def test_doctor_finds_a_healthy_model_and_port(run: Run) -> None:
    """Model, tokenizer and port are fine; sharing is optional."""
    result = run("doctor", "--port", "0")
    assert result.exit_code == 0, result.output
    for name in ("model", "tokenizer", "port", "token", "agent"):
        assert f" {name}:" in result.stdout


def test_doctor_names_a_used_port_and_a_missing_model(run: Run) -> None:
    """Both are found in one run, each with its cure."""
    with closing(Server("127.0.0.1", 0)) as taken:
        result = run("doctor", "--port", str(taken.port), "--model", "no/such/model.ckpt")
    assert result.exit_code == 2
    assert "--port" in result.stdout
    assert "--model" in result.stdout


def test_share_options_without_share_are_refused(run: Run) -> None:
    """A password that protects nothing would be believed to."""
    result = run("serve", "--share-password", "secret")
    assert result.exit_code == 2
    assert "--share" in result.stderr


def test_share_open_and_a_password_exclude_each_other(run: Run) -> None:
    """Which of the two is meant cannot be guessed."""
    result = run("serve", "--share", "--share-open", "--share-password", "secret")
    assert result.exit_code == 2


def test_a_taken_port_is_said_with_another_to_try(run: Run) -> None:
    """Before the model is loaded, so that nobody waits for it."""
    with closing(Server("127.0.0.1", 0)) as taken:
        result = run("serve", "--no-open", "--port", str(taken.port))
    assert result.exit_code == 2
    assert f"--port {taken.port + 1}" in result.stderr


def test_version_is_printed(run: Run) -> None:
    """`--version` names the release."""
    assert VERSION in run("--version").stdout


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_of_every_command_has_an_example(run: Run, command: str) -> None:
    """Help begins in Korean and ends in something to copy."""
    output = run(command, "--help").stdout
    assert "Examples:" in output
    assert f"python -m sentiment {command}" in output


def test_help_imports_nothing_heavy() -> None:
    """What makes help slow are torch, transformers and Flask."""
    code = (
        "import sys; from sentiment.commands.cli import main\n"
        "try: main(['serve', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'flask', 'numpy', 'pyngrok'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_predict_says_what_was_not_understood() -> None:
    """In a list of codes for programs, in words for people; plain Korean has none."""
    texts = ["재미있어요", "Not a word of Korean"]
    answers = CliRunner().invoke(main, ["predict", "--json", *texts]).stdout.splitlines()
    assert [json.loads(line)["notices"] for line in answers] == [[], ["not_korean"]]
    plain, foreign = CliRunner().invoke(main, ["predict", *texts]).stdout.splitlines()
    assert plain.endswith("재미있어요")
    assert foreign.endswith("Not a word of Korean  [한국어가 거의 없음 · hardly any Korean]")


def test_predict_reads_a_text_as_it_is_asked_to() -> None:
    """The form of the model's own, unless an option overrules it."""
    pair = ["최고였어요<br />정말", "최고였어요 정말"]

    def positives(*options: str) -> list[float]:
        lines = CliRunner().invoke(main, ["predict", "--json", *options, *pair]).stdout.splitlines()
        return [json.loads(line)["positive"] for line in lines]

    for options in ((), ("--text-form", "MODEL"), ("--text-form", "cleaned")):
        same, usual = positives(*options)
        assert same == usual
    same, usual = positives("--text-form", "as-typed")
    assert same != usual
