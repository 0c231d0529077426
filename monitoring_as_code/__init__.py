"""Declare metrics, dashboards, alerts and routing; `mac` compiles and proves them."""
