from tests.looking_glass.made import answer_field, judged
from tests.looking_glass.sureness import table


def test_each_field_has_its_bands_over_all_sets() -> None:
    right = judged({"total": "1.00"}, {"total": answer_field("1.00", 0.97)})
    wrong = judged({"total": "1.00"}, {"total": answer_field("2.00", 0.6)})
    said = list(table({"bills": [right, wrong], "scans": [right]}))
    assert "reliability over bills, scans: 3 documents" in said[0]
    sure, low, high = (line.split() for line in said[2:5])
    assert sure[:6] == ["total", ">=", "0.95", "2", "97.0%", "2"]
    assert low[:4] == ["from", "0.5", "1", "60.0%"]
    assert high[:3] == ["from", "0.95", "2"]
    assert "    bills: 2 answers, of 1 sure ones 1 right" in said


def test_sure_answers_that_no_label_speaks_of_are_counted() -> None:
    one = judged(
        {"total": "1.00"},
        {"total": answer_field("1.00"), "buyer": answer_field("A", 0.99)},
    )
    said = list(table({"bills": [one]}))
    assert "buyer: no label in any set; 1 answers are at least 0.95 sure" in said


def test_a_field_whose_sure_answers_are_often_wrong_is_named() -> None:
    answers = [
        judged({"total": "1.00"}, {"total": answer_field(value, 0.99)})
        for value in ("1.00",) * 18 + ("2.00",) * 2
    ]
    named = "OVERCONFIDENT: total, 18 of 20 sure answers are right"
    assert list(table({"bills": answers}))[-1] == named
    assert named not in list(table({"bills": answers[:19]}))


def test_a_legal_form_that_a_label_leaves_out_is_no_mistake_of_ours() -> None:
    answers = 20 * [judged({"vendor": "Moulin"}, {"vendor": answer_field("Moulin SARL", 0.99)})]
    said = list(table({"bills": answers}))
    assert "    20 sure ones have the label's name with a legal form, as printed" in said
    assert not any("OVERCONFIDENT" in line for line in said)
