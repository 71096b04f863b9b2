from pathlib import Path

from deploy.local import tree


def test_processes_are_the_entrypoints_that_the_tree_has(tree_of_stand_ins: Path) -> None:
    found = [(p.name, p.module, p.kind) for p in tree.processes(tree_of_stand_ins)]
    assert found == [
        ("catalog-http", "services.catalog", "http"),
        ("catalog-job", "services.catalog", "job"),
        ("dossier-http", "services.dossier", "http"),
        ("dossier-worker", "services.dossier", "worker"),
        ("gateway", "gateway", "http"),
    ]


def test_an_operators_command_is_no_process(tree_of_stand_ins: Path) -> None:
    assert tree.commands(tree_of_stand_ins) == {"dossier": "services.dossier"}


def test_the_fingerprint_changes_with_a_file_and_not_with_its_bytecode(
    tree_of_stand_ins: Path,
) -> None:
    before = tree.fingerprint(tree_of_stand_ins)
    (tree_of_stand_ins / "gateway" / "x.pyc").write_bytes(b"bytecode")
    assert tree.fingerprint(tree_of_stand_ins) == before
    (tree_of_stand_ins / "gateway" / "limits.py").write_text("RATE = 1\n")
    assert tree.fingerprint(tree_of_stand_ins) != before
