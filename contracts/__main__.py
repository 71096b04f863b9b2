"""`python -m contracts` writes what follows from contracts for others to read: JSON Schemas and the
AsyncAPI document. It does not write a breaking change into a version that stands there."""

import json
import sys

import yaml

from contracts import asyncapi, schemas
from contracts.event import events
from contracts.schemas import Schema
from contracts.topology import SUBSCRIPTIONS  # noqa: F401 - with it every event is defined


def text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


class Readable(yaml.SafeDumper):
    """Paragraphs as they are, line by line."""


Readable.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def asyncapi_text() -> str:
    return yaml.dump(asyncapi.document(), Dumper=Readable, allow_unicode=True, sort_keys=False)


def main() -> int:
    schemas.FOLDER.mkdir(exist_ok=True)
    refused = False
    for name, event in sorted(events.items()):
        file, proposed = schemas.file(name), schemas.schema(event)
        published = json.loads(file.read_text()) if file.exists() else proposed
        broken = schemas.breaking(published, proposed)
        for words in broken:
            print(f"{name}: {words}. Make it a new major version.", file=sys.stderr)
        if not broken:
            file.write_text(text(proposed))
        refused = refused or bool(broken)
    asyncapi.FILE.write_text(asyncapi_text())
    return int(refused)


if __name__ == "__main__":
    sys.exit(main())
