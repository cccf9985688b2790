"""What the charm costs: ``make bench`` prints one table.

Each module measures one concern with the built charm, in the sandbox's controller, and returns the
table's rows. docs/explanation/performance.md has the figures and what they mean.
"""
