"""`python -m rehearsal_server`."""

from rehearsal_server.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
