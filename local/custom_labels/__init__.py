"""Amazon Rekognition Custom Labels, its projects and datasets, on this machine."""
