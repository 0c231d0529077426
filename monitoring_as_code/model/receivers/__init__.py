"""One integration a file. A new one is exported here, and in the package's own `__init__`."""
