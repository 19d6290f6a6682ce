"""Tests of the chat in the browser."""
