"""The message for a chat channel: a custom notification of Amazon Q Developer in chat applications.

A channel renders markdown, and the text may come from anybody. So it is escaped: in Slack and in Teams it mentions
nobody and makes no link.
"""

from typing import Any

from lambdas.messages.links import execution_link
from lambdas.messages.outcome import Outcome
from lambdas.messages.subject import make_subject
from lambdas.rules.text import break_links, shorten

LONGEST_DESCRIPTION = 1_500  # characters


def make_chat(outcome: Outcome) -> dict[str, Any]:
    """The custom notification, as docs/chat.schema.json describes it."""
    subject = make_subject(outcome)
    report = [f"Report: {outcome.report_link}"] if outcome.report_link else []
    return {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": subject,
            "description": _escape_markdown(shorten(break_links(_describe_outcome(outcome)), LONGEST_DESCRIPTION)),
            "nextSteps": [outcome.what_to_do, *report, f"Execution: {execution_link(outcome.execution)}"],
        },
        "metadata": {"threadId": outcome.execution, "summary": subject},
    }


def _describe_outcome(outcome: Outcome) -> str:
    if outcome.error:
        return f"{outcome.error}: {outcome.reason}"
    return "\n".join([outcome.reason, *(f"- {warning}" for warning in outcome.warnings)])


def _escape_markdown(text: str) -> str:
    for character, shown in (("](", "] ("), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, shown)
    return text
