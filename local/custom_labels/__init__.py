"""The projects and datasets of Amazon Rekognition Custom Labels, on this machine (docs/custom-labels.md)."""
