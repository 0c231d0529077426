"""Programs that show how an application records through its declarations."""
