"""What click says by itself is said in Korean and English."""

import pytest
from click.testing import CliRunner

from sentiment.commands.cli import main


@pytest.mark.parametrize(
    ("typed", "korean", "english"),
    [
        ("serve --prot 1", "혹시 --port", "There is no --prot. Perhaps you mean --port"),
        ("serve --zzzz", "--zzzz 옵션은 없어요.", "There is no option --zzzz."),
        ("predit x", "혹시 predict인가요?", "There is no predit. Perhaps you mean predict."),
        ("zzzz", "zzzz 명령은 없어요.", "There is no command zzzz."),
        ("serve --port x", "0부터 65535까지의 정수를", "takes a whole number from 0 to 65535."),
        ("serve --port", "--port에는 값이 필요해요.", "--port needs a value."),
        ("predict --json=3 x", "--json에는 값을 쓰지 않아요.", "--json takes no value."),
        ("serve --backend x", "하나를 쓰세요: auto, onnx", "takes one of these: auto, onnx"),
        ("train --learning-rate 0", "0보다 큰 수를 쓰세요.", "takes a number above 0."),
        ("train --seed -1", "0 이상의 정수를 쓰세요.", "takes a whole number, 0 or more."),
        ("evaluate", "FILE이(가) 빠졌어요.", "FILE is missing."),
        ("calibrate", "--data이(가) 빠졌어요.", "--data is missing."),
        ("prepare a b c", "c은(는) 이 명령에 쓸 곳이 없어요.", "c is more than the command takes."),
        ("classify a.csv", "-o가 없어요.", "-o is missing."),
        ("classify a.csv --workers 2", "--engine ray와 함께", "only mean something with"),
    ],
)
def test_wrong_usage_is_told_in_both_languages(typed: str, korean: str, english: str) -> None:
    """One message on standard error, exit code 2, and none of click's own words."""
    result = CliRunner().invoke(main, typed.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert korean in result.stderr
    assert english in result.stderr
    assert result.stderr.count("오류 · Error") == 1
    for own in ("Usage:", "Error:", "Try '"):
        assert not any(line.startswith(own) for line in result.stderr.splitlines())


def test_wrong_usage_names_the_help_of_its_command() -> None:
    """The next step, as it can be typed."""
    result = CliRunner().invoke(main, ["serve", "--port"], prog_name="python -m sentiment")
    assert result.stderr.startswith("사용법 · Usage: python -m sentiment serve")
    assert result.stderr.endswith("도움말 · Help: python -m sentiment serve --help\n")


def test_help_has_its_fixed_words_in_both_languages() -> None:
    """Of the group, of a command, and of a group without a command."""
    for typed in (["--help"], ["serve", "--help"], []):
        shown = CliRunner().invoke(main, typed).output
        assert shown.startswith("사용법 · Usage: ")
        assert "\n옵션 · Options:\n" in shown
        assert "이 도움말을 보여 줘요." in shown
    assert "명령 · Commands:" in CliRunner().invoke(main, ["--help"]).output
