from pathlib import Path

import pytest

from outbox import moves


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def half(aside: Path) -> None:
        (aside / "one").write_text("1")
        raise RuntimeError

    target = tmp_path / "rest" / "case"
    with pytest.raises(RuntimeError):
        moves.set_down(tmp_path / "building", target, half)
    assert not target.exists()
    moves.set_down(tmp_path / "building", target, lambda aside: (aside / "two").touch())
    assert [path.name for path in target.iterdir()] == ["two"]


def test_a_standing_folder_is_never_built_again(tmp_path: Path) -> None:
    target = tmp_path / "case"
    target.mkdir()

    def never(_aside: Path) -> None:
        raise AssertionError

    moves.set_down(tmp_path / "building", target, never)
    assert list(target.iterdir()) == []


def test_placing_never_overwrites(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("new")
    target.write_text("old")
    with pytest.raises(FileExistsError):
        moves.place(source, target)
    assert target.read_text() == "old"


def test_where_the_disk_knows_no_links_the_bytes_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    (tmp_path / "a").write_bytes(b"paper")
    moves.place(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"paper"
    assert (tmp_path / "a").stat().st_ino != (tmp_path / "b").stat().st_ino


@pytest.mark.parametrize("name", ["report.html", "REPORT.json", "evidence", "note.txt"])
def test_a_document_named_like_a_file_of_ours_gets_another_name(name: str) -> None:
    assert moves.own_name(name) == f"original-{name}"
