"""Where are the jobs?"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(db_index=True, max_length=40)),
                ("parameters", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("stalled", "Stalled"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Low"), (1, "Normal"), (5, "High"), (10, "Critical")], default=5
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("staff", "Staff"), ("schedule", "Schedule"), ("background", "Background")],
                        default="staff",
                        max_length=10,
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("pause", "Pause"), ("cancel", "Cancel")],
                        default="",
                        max_length=6,
                    ),
                ),
                ("progress_current", models.PositiveBigIntegerField(default=0)),
                (
                    "progress_total",
                    models.PositiveBigIntegerField(blank=True, help_text="Empty: not known yet.", null=True),
                ),
                ("progress_message", models.CharField(blank=True, max_length=300)),
                ("checkpoint", models.JSONField(default=dict)),
                ("result", models.JSONField(blank=True, null=True)),
                ("problem", models.JSONField(blank=True, help_text="RFC 9457, where it failed.", null=True)),
                (
                    "lease",
                    models.CharField(blank=True, help_text="Of who runs it at this moment.", max_length=32),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("offered_until", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("slices", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                (
                    "stalls",
                    models.PositiveSmallIntegerField(default=0, help_text="Since its last checkpoint."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ran_ms", models.PositiveBigIntegerField(default=0, help_text="All its slices together.")),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="JobGate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="job_gate_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "level",
                    models.CharField(
                        choices=[("info", "Info"), ("warning", "Warning"), ("error", "Error")],
                        default="info",
                        max_length=7,
                    ),
                ),
                ("text", models.CharField(max_length=2000)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="jobs.job"
                    ),
                ),
            ],
            options={
                "ordering": ["job_id", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["state", "-priority", "id"], name="job_waiting"),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("lease_until", None), ("state", "running"), _negated=True),
                name="job_running_has_lease_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "running"), ("lease", ""), _connector="OR"),
                name="job_at_rest_has_no_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("progress_total", None),
                    ("progress_current__lte", models.F("progress_total")),
                    _connector="OR",
                ),
                name="job_progress_within_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobline",
            constraint=models.UniqueConstraint(fields=("job", "number"), name="job_line_number_once"),
        ),
    ]
