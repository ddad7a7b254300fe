"""How do paths sort alike on every database?  PostgreSQL's own collation follows a language; C compares bytes.

SQLite compares bytes anyway.  It is not in the model's field because no one name of the collation suits both.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def sort_bytewise(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE playback_sidfile ALTER COLUMN path TYPE varchar(1024) COLLATE "C"')


def sort_by_language(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE playback_sidfile ALTER COLUMN path TYPE varchar(1024) COLLATE "default"'
        )


class Migration(migrations.Migration):
    dependencies = [("playback", "0001_first")]

    operations = [migrations.RunPython(sort_bytewise, sort_by_language)]
