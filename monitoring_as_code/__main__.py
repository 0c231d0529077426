"""`python -m monitoring_as_code` is `mac`."""

from monitoring_as_code.cli import main

if __name__ == "__main__":
    main()
