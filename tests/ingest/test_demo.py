from pathlib import Path

from ingest import demo
from ingest.app import App, build
from outbox.interface import Workspace


def test_the_demonstration_lays_every_sample_into_the_inbox_and_imports_their_ledger(
    workspace: Workspace,
) -> None:
    app: App = build(workspace)
    demo.prepare(app)
    names = sorted(path.name for path in workspace.inbox.iterdir())
    assert len(names) > 20
    assert {Path(name).suffix for name in names} >= {".pdf", ".tif", ".jpg", ".png", ".eml", ".xml"}
    assert app.ledger.imported() is not None
    said: list[str] = []
    demo.tell(app, said.append)
    assert f"mailroom verify --workspace {workspace.root}" in "\n".join(said)
