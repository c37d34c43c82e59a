"""The Custom Labels service, through boto3."""
