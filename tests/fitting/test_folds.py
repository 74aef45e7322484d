from tests.fitting.folds import fold_of


def test_spellings_and_branches_of_one_sender_fall_into_one_part() -> None:
    assert fold_of("MR. D.I.Y. (M) SDN BHD") == fold_of("Mr D.I.Y. (Kuchai) Sdn. Bhd.")


def test_senders_are_spread_over_all_parts() -> None:
    assert {fold_of(f"{number} Trading", 3) for number in range(40)} == {0, 1, 2}
