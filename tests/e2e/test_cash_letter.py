import datetime as dt
import json
import os
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ingest.samples import checks, parties
from ingest.samples.facts import Check
from tests.e2e.shop import Shop, make
from tests.extractors.letters import Item, letter, packed, records


def check(number: str, amount: str) -> Check:
    return Check(
        payer=parties.US,
        bank=parties.OUR_BANK,
        account=parties.OUR_ACCOUNT,
        number=number,
        date=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=9),
        payee="Harbor Freight Lines",
        figures=Decimal(amount),
        words=Decimal(amount),
        memo="Freight",
    )


def item(one: Check, cents: int, *, endorsed: bool = False) -> Item:
    """A check as its bank sends it: black and white at 200 dpi, and its record."""
    front = checks.drawn(one, 200, signature="Eleanor Voss")
    back = np.full_like(front, 255)
    cv2.putText(back, one.payee, (1200, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2)
    return Item(
        cents=cents,
        routing=one.bank.routing,
        on_us=f"{one.account}/",
        auxiliary=one.number,
        views=[faxed(front), *([faxed(back)] if endorsed else [])],
    )


def faxed(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    content = BytesIO()
    image = Image.fromarray(picture).convert("L").point(lambda grey: 255 * (grey > 128))
    image.convert("1").save(content, "TIFF", compression="group4", dpi=(200, 200))
    return content.getvalue()


@dataclass(frozen=True)
class Worked:
    """A workspace whose letters were worked off, and its documents by their names."""

    shop: Shop
    rows: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """Two cash letters: one right, one out of balance."""
    here = tmp_path_factory.mktemp("letters")
    shop = make(here / "workspace")
    clean, altered = check("20417", "1284.50"), check("20418", "1733.20")
    register = shop.root / "ledger" / "chase-issues.csv"
    register.write_text(
        "".join(
            f"I,{one.account},{one.number},{one.date:%m%d%y},{one.figures},{one.payee}\n"
            for one in (clean, altered)
        )
    )
    os.utime(register, (0, 0))
    items = [item(clean, 128450, endorsed=True), item(altered, 773320), Item(kind="31", views=())]
    (here / "deposit.x9").write_bytes(letter(items))
    shop.drop(here / "deposit.x9")
    some = list(records([Item(views=())]))
    some[-2] = some[-2][0].replace(b"00000001", b"00000002", 1), b""
    (here / "short.icl").write_bytes(packed(some, code="ascii", prefix=False))
    shop.drop(here / "short.icl")
    done = shop.call("run")
    assert done.returncode == 0, done.stderr
    return Worked(shop, {one["name"]: one for one in shop.documents()})


def test_every_item_comes_to_its_own_end(worked: Worked) -> None:
    ends = {
        name: (one["state"], one["record_id"] or one["reasons"][:1])
        for name, one in worked.rows.items()
    }
    assert ends == {
        "deposit.x9": ("split", []),
        "deposit-1.tif": ("matched", f"{parties.OUR_ACCOUNT}-20417"),
        "deposit-2.tif": ("exception", ["encoded_amount_differs"]),
        "deposit-3.txt": ("exception", ["page_count_mismatch"]),
        "short.icl": ("split", []),
        "short-1.txt": ("exception", ["page_count_mismatch"]),
    }


def test_the_letter_itself_is_kept_and_its_bundle_named(worked: Worked) -> None:
    whole, part = worked.rows["deposit.x9"], worked.rows["deposit-1.tif"]
    original = worked.shop.root / whole["path"]
    assert original.parent == worked.shop.root / "archive" / "originals"
    assert (part["batch"], part["parent"]) == ("bundle B000000001", whole["id"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deposit-2.tif", "The check is over 1,733.20, the bank's record states 7,733.20."),
        ("deposit-3.txt", "was returned, for the reason 'A' (not sufficient funds)"),
        ("short-1.txt", "cash letter CL000001 announces"),
    ],
)
def test_what_is_held_says_why(name: str, says: str, worked: Worked) -> None:
    case = (worked.shop.root / worked.rows[name]["path"]).parent
    assert says in json.loads((case / "report.json").read_text())["detail"]


def test_files_and_items_are_all_accounted_for(worked: Worked) -> None:
    proof = json.loads(worked.shop.call("verify", "--json").stdout)
    assert proof["findings"] == []
    assert (proof["dropped"], proof["parts"]) == (2, 4)
