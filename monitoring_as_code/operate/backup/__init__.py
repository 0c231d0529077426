"""Backups of what cannot be compiled again: samples, silences, Grafana's users and settings.

A backup is one folder, whole and verified, or it is none: it is put together beside its place under another name, a Prometheus is started
on it and counts, the manifest is written last, and then the folder gets its name. Only this user can read it: Grafana's database and key
are secrets.
"""

from monitoring_as_code.operate.backup.api import Access, Api
from monitoring_as_code.operate.backup.making import Made, Sources, make
from monitoring_as_code.operate.backup.manifest import Manifest
from monitoring_as_code.operate.backup.refusal import Damaged, Refused
from monitoring_as_code.operate.backup.restoring import Targets, restore
from monitoring_as_code.operate.backup.retention import backups_in, keep
from monitoring_as_code.operate.backup.verifying import verify

__all__ = [
    "Access",
    "Api",
    "Damaged",
    "Made",
    "Manifest",
    "Refused",
    "Sources",
    "Targets",
    "backups_in",
    "keep",
    "make",
    "restore",
    "verify",
]
