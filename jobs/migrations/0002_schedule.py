"""When do jobs begin by themselves?"""

import django.db.models.deletion
from django.db import migrations, models

import jobs.cron


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, unique=True)),
                (
                    "cron",
                    models.CharField(
                        help_text="Five fields, like “0 2 * * *”, in UTC.",
                        max_length=100,
                        validators=[jobs.cron.check_cron],
                    ),
                ),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("enabled", models.BooleanField(default=True)),
                ("next_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "last_job",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "ordering": ["kind"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cron", ""), _negated=True), name="schedule_has_cron"
                    )
                ],
            },
        ),
    ]
