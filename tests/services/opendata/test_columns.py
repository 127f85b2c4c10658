"""The dictionary in docs/ is what files and answers really hold, and no column is of a person."""

from server.services.opendata.columns import Shape
from server.services.opendata.tables import TABLES
from tools.open_data import DOCUMENT, whole

# What may never become a column: whoever adds one of these has to argue with this test.
PERSONAL = {
    "head_name", "head_phone", "person_id", "device_id", "payload", "reason", "exif", "phone",
    "inspector_id", "keeper_name", "witness_name", "sentence", "payee_key", "number_sealed",
    "last4", "holder", "bank", "outcome_note", "refusal", "ended_because",
}  # fmt: skip


def test_the_dictionary_in_the_documents_equals_the_columns() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == whole()


def test_each_column_is_named_once_says_what_it_is_and_is_of_nobody() -> None:
    for table in TABLES.values():
        names = [one.name for one in table.columns]
        labels = [one.label for one in table.columns]
        assert len(set(names)) == len(names)
        assert len(set(labels)) == len(labels)
        for one in table.columns:
            assert one.about, (table.name, one.name)
            assert (one.shape is Shape.CODE) == bool(one.codes), one.name
            stored = getattr(one.source, "key", None)
            owner = getattr(getattr(one.source, "class_", None), "__tablename__", "")
            assert stored not in PERSONAL, one.name
            assert owner != "people" or stored == "role", one.name
