"""`python -m local`: see local/command.py. It is imported late, so that Ctrl-C during the import ends cleanly."""

import sys

if __name__ == "__main__":
    try:
        from local.command import main

        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
