"""What MiniStack lacks, or does otherwise than AWS: one module each, whose first lines say what."""
