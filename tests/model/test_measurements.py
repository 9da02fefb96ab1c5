"""What is kept of measurements, and what is not."""

from pathlib import Path

import pytest

from sentiment.errors import ModelError
from sentiment.model.measurements import Bin, Domain, Kind, Measurements, Share, add, read

FEW, MANY = 29, 400


def domain(accuracy: float = 0.9, sentences: int = MANY, source: str = "ours") -> Domain:
    """A domain with two bins and three kinds of sentences."""

    def share(right: float, low: float, high: float) -> Share:
        return Share(round(sentences * right), sentences, right, low, high)

    return Domain(
        accuracy=share(accuracy, accuracy - 0.03, accuracy + 0.03),
        calibration_error=0.02,
        reliability=[
            Bin(7 / 15, 8 / 15, sentences, 0.52, 0.5),
            Bin(14 / 15, 1.0, sentences, 0.98, accuracy),
        ],
        boldly_wrong=0.05,
        source=source,
        measured="2026-01-02",
        precision="exact",
        kinds=[
            Kind("short", "짧음", "short", share(0.8, 0.75, 0.85), "노잼"),
            Kind("but", "지만", "but", share(0.7, 0.6, 0.8), "좋은데 아쉬워요"),
            Kind("long", "긺", "long", share(0.88, 0.85, 0.93)),
        ],
    )


def test_domains_are_added_one_after_another(tmp_path: Path) -> None:
    """One of the same name is replaced; what is read is what was written."""
    add(tmp_path, "abc", "films", domain(0.8))
    add(tmp_path, "abc", "shops", domain(source="theirs"))
    add(tmp_path, "abc", "films", domain(0.9))
    found = read(tmp_path, "abc")
    assert found == Measurements("abc", {"films": domain(0.9), "shops": domain(source="theirs")})
    assert not list(tmp_path.glob("*.part"))


def test_other_weights_have_other_measurements(tmp_path: Path) -> None:
    """They are not told of these, and the next measure drops the old ones."""
    assert read(tmp_path, "abc") is None
    file = add(tmp_path, "abc", "films", domain())
    assert read(tmp_path, "other") is None
    add(tmp_path, "other", "shops", domain())
    assert read(tmp_path, "abc") is None
    assert read(tmp_path, "other") == Measurements("other", {"shops": domain()})
    file.write_text(file.read_text("utf-8").replace('"version": 1', '"version": 2'), "utf-8")
    assert read(tmp_path, "other") is None


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    """With its name, and what to do."""
    (tmp_path / "measurements.json").write_text('{"model": 7}', "utf-8")
    with pytest.raises(ModelError, match=r"measurements\.json can't be read .* evaluate FILE"):
        read(tmp_path, "abc")


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    """Such as one that is not there."""
    with pytest.raises(ModelError, match="can't be written"):
        add(tmp_path / "nowhere", "abc", "films", domain())


def test_how_often_answers_as_sure_were_right() -> None:
    """The least and the most of the domains that have enough such answers."""
    found = Measurements("abc", {"a": domain(0.9), "b": domain(0.8), "c": domain(0.1, FEW)})
    assert found.right_at(0.97) == (0.8, 0.9)
    assert found.right_at(1.0) == (0.8, 0.9)
    assert found.right_at(0.52) == (0.5, 0.5)
    assert found.right_at(0.7) is None


def test_weak_is_what_is_surely_worse() -> None:
    """Where even the upper end of the interval lies below the mean, of enough sentences."""
    assert [each.name for each in domain().weak] == ["but", "short"]
    assert domain(sentences=FEW).weak == []
