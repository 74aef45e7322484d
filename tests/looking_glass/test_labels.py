from pathlib import Path
from typing import Any

import pytest

from tests.fitting.folds import fold_of
from tests.looking_glass.labels import BadSet, Choice, family, load, truth_of
from tests.looking_glass.made import labelled_set


def row(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {"file": f"{number}.jpg", "kind": "receipt", "fields": fields, "meta": {}}


def test_labels_go_by_the_names_of_the_contract() -> None:
    fields = {
        "company": "ACME",
        "address": "1 Mill Lane",
        "date": "05/03/26",
        "date_iso": "2026-03-05",
        "phone": "123",
        "net": "",
    }
    expected = {"vendor": "ACME", "vendor_address": "1 Mill Lane", "date": "2026-03-05"}
    assert truth_of({"fields": fields}) == expected


def test_what_the_label_is_unsure_of_is_not_scored() -> None:
    about = {"unsure": ["vendor"]}
    truth = truth_of({"fields": {"vendor": "ACME", "total": "1.00"}, "meta": about})
    assert truth == {"total": "1.00"}


def test_of_a_scan_only_what_is_known_to_be_printed_is_scored() -> None:
    about = {"visible": {"total": True, "net": False}}
    labels = {"fields": {"total": "1.00", "net": "0.80", "tax": "0.20"}, "meta": about}
    assert truth_of(labels) == {"total": "1.00", "tax": "0.20"}
    assert truth_of(labels, printed=True) == {"total": "1.00"}


def test_of_an_amount_in_words_the_value_is_the_truth() -> None:
    fields = {"amount_words": "Two lakh"}
    assert truth_of({"fields": fields, "meta": {"words_value": 200000}}) == {"amount_words": 200000}
    assert truth_of({"fields": fields}) == {}


def test_a_limit_spreads_evenly_over_the_set(tmp_path: Path) -> None:
    labelled_set(tmp_path, *(row(number, total="1.00") for number in range(10)))
    assert [one.file for one in load(tmp_path, Choice(limit=3))] == ["0.jpg", "3.jpg", "6.jpg"]
    assert len(load(tmp_path, Choice(limit=30))) == 10


def test_a_flag_chooses_the_documents_that_have_it(tmp_path: Path) -> None:
    flagged = row(1, sender="A") | {"meta": {"mail_like": True}}
    labelled_set(tmp_path, row(0, sender="B"), flagged)
    assert [one.file for one in load(tmp_path, Choice(where="mail_like"))] == ["1.jpg"]


def test_documents_are_chosen_by_their_name(tmp_path: Path) -> None:
    labelled_set(tmp_path, *(row(number, total="1.00") for number in range(12)))
    assert [one.file for one in load(tmp_path, Choice(only="11"))] == ["11.jpg"]
    with pytest.raises(BadSet, match="fewer conditions"):
        load(tmp_path, Choice(only="12"))


def test_every_vendor_is_in_one_fold_with_all_its_documents(tmp_path: Path) -> None:
    vendors = [f"{letter}ndale Stores" for letter in "ABCDEFGHIJ"]
    labelled_set(
        tmp_path,
        *(row(number, company=vendors[number % 10], total="1.00") for number in range(30)),
    )
    folds = [load(tmp_path, Choice(fold=fold, folds=3)) for fold in range(3)]
    assert sorted(one.file for fold in folds for one in fold) == sorted(
        f"{number}.jpg" for number in range(30)
    )
    for number, fold in enumerate(folds):
        assert {fold_of(one.vendor, 3) for one in fold} == {number}


def test_a_set_without_vendors_has_no_folds(tmp_path: Path) -> None:
    labelled_set(tmp_path, row(sender="A"))
    with pytest.raises(BadSet, match="Leave --fold away"):
        load(tmp_path, Choice(folds=5))


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"no labels\.jsonl"):
        load(tmp_path, Choice())


def test_bills_are_one_family_and_letters_another() -> None:
    assert family("receipt") == family("credit_note") == family("invoice")
    assert family("other") == family("letter") != family("check")
