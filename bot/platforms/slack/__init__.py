"""Slack: commands, buttons, forms, threads, files and App Home, over Socket Mode or HTTP."""
