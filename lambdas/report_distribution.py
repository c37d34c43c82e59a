"""Report distribution: what came of it, for people to read and for programs, and as a page to look at."""

import os
from datetime import UTC, datetime
from typing import Any

from lambdas.messages import page, summary
from lambdas.messages.report import Report
from lambdas.rules.pair import Dataset
from lambdas.services.executions import read_path
from lambdas.services.pages import keep_page
from lambdas.services.rekognition import count_labels
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, ExecutionLink, Pair, Result} to {Report, Text, Link}: the link leads to the page."""
    pair, execution = event["Pair"], event["Execution"]
    logger.append_keys(project=pair["ProjectName"])
    training, test = (Dataset.from_state(event["Result"][name]) for name in ("Training", "Test"))
    labels = count_labels(training), count_labels(test)
    report = Report.compare(pair["Training"]["TotalEntries"], training, test, labels)
    path = read_path(execution, datetime.now(UTC))
    html = page.render(pair["ProjectName"], event["Result"]["Reason"], report, path, execution, event["ExecutionLink"])
    link = keep_page(os.environ["REPORTS_BUCKET"], pair["ProjectName"], execution, html)
    logger.info("Reported distribution", warnings=[finding.code for finding in report.findings()], link=link)
    return {"Report": report.as_state(), "Text": summary.render(report), "Link": link}
