"""`python -m local`: see local/command.py. What takes long to import is imported where Ctrl-C is understood."""

import sys

if __name__ == "__main__":
    try:
        from local.command import main

        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
