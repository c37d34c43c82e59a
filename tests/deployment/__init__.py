"""The template, and what deploying it makes."""
