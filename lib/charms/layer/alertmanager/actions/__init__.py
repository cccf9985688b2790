"""What the charm's actions do: a module for each subject, a function for each action."""
