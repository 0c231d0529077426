"""Alerts are changed in small ways, and the scenarios must notice: what no scenario notices, no scenario proves."""
