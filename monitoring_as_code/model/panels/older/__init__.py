"""How older forms of panels are said today: a module for each family, as Grafana's own migrations had it while it still knew them.

Each function takes what it understands from the keys of old, and writes today's into the panel; what nobody takes is told.
"""
