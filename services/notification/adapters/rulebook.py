"""Rules and templates as they lie here: data/rules.yaml, data/templates/NAME.LANGUAGE.txt."""

from pathlib import Path

import yaml

from services.notification.domain.rulebook import Rulebook
from services.notification.domain.rules import Rule
from services.notification.domain.templates import Templates

OURS = Path(__file__).parents[1] / "data"


def read(folder: Path = OURS) -> Rulebook:
    listed = yaml.safe_load((folder / "rules.yaml").read_text(encoding="utf-8"))["rules"]
    texts = {}
    for file in (folder / "templates").glob("*.txt"):
        name, _, language = file.stem.rpartition(".")
        texts[name, language] = file.read_text(encoding="utf-8")
    return Rulebook([Rule.model_validate(one) for one in listed], Templates(texts))
