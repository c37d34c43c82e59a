"""The SNS topics: for notifications, for a chat channel, for alarms."""
