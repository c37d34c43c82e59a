"""The campaign from the command line: python -m tests.campaign --runs 10000 --seed 1."""

import argparse
import sys

from tests.campaign.runs import run_campaign

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaign", description="Check every promise under random faults."
    )
    parser.add_argument("--runs", type=int, default=100, help="number of runs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same scenarios")
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--workers", type=int, default=2, help="number of processes, each with a local AWS")
    given = parser.parse_args()
    sys.exit(run_campaign(given.runs, given.seed, min(given.workers, given.runs), given.first))
