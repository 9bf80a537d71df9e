"""Rows that are written once: nobody changes them, and nobody deletes them.

The model refuses here. For who goes past it, the database refuses too (`refuse_changes` in the
migration of the table).
"""

from typing import Any, NoReturn

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

from didshop.fields import Record


class RowIsFinal(Exception):
    """A row that is append only was about to be changed: a defect of ours, not of the caller's."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and creates; RowIsFinal for the rest."""

    def update(self, **fields: Any) -> NoReturn:
        raise _final(self.model)

    def delete(self) -> NoReturn:
        raise _final(self.model)


class AppendOnly(Record):
    """A Record whose rows are final once they are written. RowIsFinal for who tries otherwise."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise _final(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _final(type(self))


def refuse_changes(table: str) -> RunPython:
    """The migration's step that has the database itself refuse to change rows of `table`.

    PostgreSQL refuses UPDATE and DELETE. SQLite, the embedded default, refuses UPDATE alone:
    there Django empties tables by DELETE (`manage.py flush`, tests), and a trigger cannot tell
    that from any other. There a later change of the table's columns makes it anew, without the
    trigger: such a migration takes this step once more.
    """

    def add(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _TRIGGERS[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table))

    def remove(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _WITHOUT[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table))

    return RunPython(add, remove)


_TRIGGERS = {
    "postgresql": [
        """
        CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'Rows of {table} are append only.'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        """
        CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_is_final()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'Rows of {table} are append only.'); END
        """
    ],
}
_WITHOUT = {
    "postgresql": [
        "DROP TRIGGER {table}_is_final ON {table}",
        "DROP FUNCTION {table}_is_final()",
    ],
    "sqlite": ["DROP TRIGGER {table}_is_final"],
}


def _final(model: type[models.Model]) -> RowIsFinal:
    return RowIsFinal(f"Rows of {model.__name__} are append only.")
