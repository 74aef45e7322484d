from html.parser import HTMLParser
from pathlib import Path

from PIL import Image

from tests.looking_glass import history, page
from tests.looking_glass.causes import failures
from tests.looking_glass.made import answer_field, judged
from tests.looking_glass.scoring import Judged, figures

HOSTILE = "<script>alert(1)</script>\u202e\" onerror='x'"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def written(folder: Path, *documents: Judged, changes: tuple[str, ...] = ()) -> str:
    pictures = folder / "pages"
    pictures.mkdir()
    Image.new("RGB", (1000, 1400), "white").save(pictures / "page-1.jpg")
    run = history.run_of(
        HOSTILE, "", figures(documents), documents, when="2026-03-05", commit="abc"
    )
    target = folder / "receipts.html"
    page.write(
        target,
        page.Sheet(title=HOSTILE, run=run, before=run, changes=changes),
        documents,
        failures(documents),
        {one.labelled.file: pictures for one in documents},
    )
    return target.read_text("utf-8")


def test_whatever_stands_on_paper_stays_text(tmp_path: Path) -> None:
    others = [{"value": HOSTILE, "confidence": 0.1}]
    read = {"vendor": answer_field(HOSTILE, text=HOSTILE, source=HOSTILE, alternatives=others)}
    document = judged({"vendor": f"ACME {HOSTILE * 3}", HOSTILE: "x"}, read, HOSTILE, file=HOSTILE)
    text = written(tmp_path, document, changes=(HOSTILE,))
    tags = Tags(text)
    assert tags.of("script") == []
    assert "\u202e" not in text
    assert not any("onerror" in attributes for _, attributes in tags.found)
    assert "&lt;script&gt;alert(1)" in text


def test_the_page_asks_for_nothing_but_the_pictures_beside_it(tmp_path: Path) -> None:
    read = {"total": answer_field("7.00", box=[200, 400, 300, 430])}
    tags = Tags(written(tmp_path, judged({"total": "5.00"}, read, "TOTAL 5.00")))
    sources = [one["src"] or "" for one in tags.of("img")]
    assert len(sources) == 2
    assert all((tmp_path / source).is_file() for source in sources)
    assert all(one["loading"] == "lazy" for one in tags.of("img"))
    assert all((tmp_path / (one["href"] or "")).is_file() for one in tags.of("a"))


def test_what_was_read_and_the_truth_are_boxed(tmp_path: Path) -> None:
    read = {"total": answer_field("7.00", box=[200, 70, 300, 100])}
    tags = Tags(written(tmp_path, judged({"total": "5.00"}, read, "A\nTOTAL 5.00")))
    boxes = {str(one["class"]): one["style"] or "" for one in tags.of("i") if "class" in one}
    assert set(boxes) == {"box read", "box truth"}
    assert "left: 20.00%" in boxes["box read"]
    assert len(tags.of("img")) == 1, "they lie close together, so one piece shows both"


def test_filters_need_no_script(tmp_path: Path) -> None:
    documents = [
        judged({"total": "5.00"}, {"total": answer_field("7.00", 0.99)}, "TOTAL 5.00"),
        judged({"vendor": "ACME"}, {}, "nothing", file="b.png"),
    ]
    text = written(tmp_path, *documents)
    tags = Tags(text)
    groups = [str(one["class"]) for one in tags.of("details") if "open" in one]
    assert groups == ["group field-1 cause-CANDIDATE", "group field-2 cause-UNSEEN"]
    assert [one["class"] for one in tags.of("article")] == ["failure sure", "failure"]
    switches = {str(one["id"]) for one in tags.of("input")}
    assert {"field-1", "field-2", "cause-CANDIDATE", "cause-UNSEEN", "only-sure"} <= switches
    assert all(f"#{one}:checked" in text for one in ("field-1", "cause-UNSEEN", "only-sure"))


def test_failures_with_the_same_truth_are_shown_once_and_the_others_folded_away(
    tmp_path: Path,
) -> None:
    documents = [judged({"vendor": vendor}, {}, file=vendor) for vendor in ("ACME", "Acme.", "BEE")]
    text = written(tmp_path, *documents)
    folded = Tags(text).of("details")
    assert sum(one.get("class") == "more" for one in folded) == 1
    assert "1 more with this truth" in text


def test_a_page_without_failures_says_so(tmp_path: Path) -> None:
    right = judged({"total": "5.00"}, {"total": answer_field("5.00")})
    assert "Nothing failed." in written(tmp_path, right)


def test_pictures_of_an_earlier_run_are_gone(tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "old.jpg").write_bytes(b"")
    written(tmp_path, judged({"total": "5.00"}, {}, "TOTAL 5.00"))
    assert not (tmp_path / "receipts" / "old.jpg").exists()
