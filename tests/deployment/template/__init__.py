"""Tests of the template: what it says, without deploying it."""
