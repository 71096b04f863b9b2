"""Papers that come from people: signed by hand or digitally, attached to what they are about."""

from chassis.files import StoredFile
from contracts.text import Line
from services.evaluation.domain.sessions import Done, Part


class Attached(Part):
    """`name`: for people."""

    file: StoredFile
    name: Line
    by: Done
