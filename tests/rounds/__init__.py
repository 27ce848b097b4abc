"""Rounds for tests of any service."""
