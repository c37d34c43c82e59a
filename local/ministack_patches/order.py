"""The patches of MiniStack, in the order in which they are installed.

Where two patches wrap the same function of MiniStack, the one that is installed later runs first.
"""

from local.ministack_patches import (
    alarm_dimensions,
    due_schedules,
    long_polls,
    mailbox,
    pending_subscriptions,
    rule_metrics,
    s3_managed_key,
    traces,
)
from local.ministack_patches.cloudformation import (
    bucket_deletion,
    bucket_properties,
    finished_operations,
    function_dead_letter_queues,
    key_properties,
    log_group_names,
    metric_math_alarms,
    query_definitions,
)
from local.ministack_patches.iam import caller_keys, log_group_keys, schedule_roles, service_keys, service_roles
from local.ministack_patches.lambda_functions import (
    asynchronous_invocations,
    embedded_metrics,
    environment,
    exit_messages,
    forked_processes,
    log_permissions,
    paced_starts,
    process_credentials,
    python_runtime,
    runtime_api,
    unreadable_answers,
    whole_logs,
)
from local.ministack_patches.registry import Patch
from local.ministack_patches.step_functions import (
    definition_validation,
    definitions,
    execution_logs,
    history_chain,
    invalid_input,
    machine_logging,
    machine_tracing,
    redrive,
    repeated_starts,
    sdk_integrations,
    sns_attributes,
    succeed_output,
    tested_states,
    waits,
)

PATCHES: tuple[Patch, ...] = (
    succeed_output.install,
    sns_attributes.install,
    mailbox.install,
    long_polls.install,
    pending_subscriptions.install,
    alarm_dimensions.install,
    rule_metrics.install,
    due_schedules.install,
    metric_math_alarms.install,
    bucket_properties.install,
    bucket_deletion.install,
    s3_managed_key.install,
    query_definitions.install,
    function_dead_letter_queues.install,
    finished_operations.install,
    python_runtime.install,
    forked_processes.install,
    paced_starts.install,
    environment.install,
    process_credentials.install,
    exit_messages.install,
    runtime_api.install,
    unreadable_answers.install,
    whole_logs.install,
    asynchronous_invocations.install,
    history_chain.install,
    # After history_chain: it drops events before they are part of the chain.
    redrive.install,
    # After redrive: the deadline counts in a state, too, that a redriven run skips.
    waits.install,
    log_group_names.install,
    key_properties.install,
    log_group_keys.install,
    caller_keys.install,
    service_keys.install,
    # After service_keys: the error of a role that may not act at all comes before the error of a missing key.
    service_roles.install,
    # After service_roles and service_keys: they check what EventBridge does without a role.
    schedule_roles.install,
    # After service_roles: a mocked task needs no right.
    tested_states.install,
    sdk_integrations.install,
    machine_logging.install,
    machine_tracing.install,
    definition_validation.install,
    # After redrive and waits: it writes the history that they leave.
    execution_logs.install,
    embedded_metrics.install,
    # After embedded_metrics: a line that may not be logged is no metric.
    log_permissions.install,
    traces.install,
    # After redrive, waits, service_roles and traces: in a run, they must find the state machine as it was at the start.
    definitions.install,
    repeated_starts.install,
    # After redrive, waits and definitions: it ends a run that one of them could not begin. After repeated_starts: it
    # refuses an invalid input before anything else.
    invalid_input.install,
)


def install_patches() -> None:
    """Install every patch. Call it once in a process."""
    for install in PATCHES:
        install()
